package trustedprofile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

func TestSettingsOfTheEnvironmentAreUsedAndTold(t *testing.T) {
	simulator := simulator.Start(t)
	path, _, err := simulator.TokenFile(nil)
	must(t, err)
	t.Setenv("TRUSTED_PROFILE_AUTH_TYPE", "container")
	t.Setenv("TRUSTED_PROFILE_AUTH_URL", simulator.IAMURL)
	t.Setenv("TRUSTED_PROFILE_IAM_PROFILE_ID", simulator.Seed.PodProfile.ID)
	t.Setenv("TRUSTED_PROFILE_CR_TOKEN_FILENAME", path)
	tokens := opened(t, tp.FromEnvironment("trusted-profile"))
	_, err = tokens.Token(t.Context())
	must(t, err)
	description, err := tokens.Describe()
	must(t, err)
	if len(description.Settings) == 0 || !strings.HasPrefix(description.Source, "container") {
		t.Error(description)
	}
	for _, setting := range description.Settings {
		if setting.Option == "" || !strings.Contains(setting.Origin, "TRUSTED_PROFILE_") {
			t.Error(setting)
		}
	}
}

func TestACredentialFileIsRead(t *testing.T) {
	simulator := simulator.Start(t)
	path := filepath.Join(t.TempDir(), "ibm-credentials.env")
	text := "MY_AUTH_TYPE=iam\nMY_APIKEY=" + simulator.Seed.APIKey.Value + "\nMY_AUTH_URL=" + simulator.IAMURL + "\n"
	must(t, os.WriteFile(path, []byte(text), 0o600))
	t.Setenv("IBM_CREDENTIALS_FILE", path)
	tokens := opened(t, tp.FromEnvironment("my"))
	_, err := tokens.Token(t.Context())
	must(t, err)
	description, err := tokens.Describe()
	must(t, err)
	must(t, leaksOf([]string{simulator.Seed.APIKey.Value}).check("the description", description))
	if len(description.Settings) == 0 || !strings.Contains(description.Settings[0].Origin, path) {
		t.Error(description)
	}
}

func TestASettingThatCannotBeUsedIsNamed(t *testing.T) {
	t.Setenv("MY_AUTH_TYPE", "container")
	t.Setenv("MY_AUTH_DISABLE_SSL", "true")
	_, err := tp.New(tp.FromEnvironment("my"))
	if !errors.Is(err, tp.ErrInvalidArgument) || !strings.Contains(err.Error(), "MY_AUTH_DISABLE_SSL") {
		t.Error(err)
	}
}

func TestTokenFilesThatDoNotServeAreTold(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	for path, words := range map[string]string{
		filepath.Join(folder, "missing"):           "not found",
		filepath.Join(write("file", "x"), "below"): "not found",
		folder: "not readable",
		write("large", strings.Repeat("x", 70_000)): "too large",
		write("binary", "\xff\xfe"):                 "not one line of text",
	} {
		tokens := opened(t, tp.Container(tp.WithProfileID("Profile-1"), tp.WithCRTokenFile(path)), calm)
		_, err := tokens.Token(t.Context())
		if !errors.Is(err, tp.ErrCrTokenUnavailable) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
