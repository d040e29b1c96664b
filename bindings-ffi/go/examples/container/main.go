// Command container gets a token in a pod, and says what happens to its tokens in structured logs.
//
//	PROFILE_ID=Profile-... go run ./examples/container
//
// TOKEN_FILE is the token of the service account, where it is in none of the usual places. On a laptop IAM_URL is the
// address of the simulator's IAM.
package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

func main() {
	options := []trustedprofile.SourceOption{trustedprofile.WithProfileID(os.Getenv("PROFILE_ID"))}
	// Only where they are elsewhere, as in tests.
	if path := os.Getenv("TOKEN_FILE"); path != "" {
		options = append(options, trustedprofile.WithCRTokenFile(path))
	}
	if endpoint := os.Getenv("IAM_URL"); endpoint != "" {
		options = append(options, trustedprofile.WithEndpoint(endpoint))
	}
	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug}))
	tokens, err := trustedprofile.New(trustedprofile.Container(options...), trustedprofile.WithLogger(logger))
	if err != nil {
		log.Fatal(err)
	}
	defer tokens.Close()
	token, err := tokens.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}
