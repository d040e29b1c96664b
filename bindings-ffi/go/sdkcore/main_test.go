package sdkcore_test

import (
	"os"
	"testing"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

func TestMain(m *testing.M) { os.Exit(simulator.Run(m)) }
