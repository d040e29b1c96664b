// Package sdkcore gives the tokens of a provider to the clients of IBM's Go SDKs, which are built on go-sdk-core. It is a
// module of its own, so that programs without those SDKs do not get go-sdk-core and all that comes with it.
package sdkcore

import (
	"fmt"
	"net/http"

	"github.com/IBM/go-sdk-core/v5/core"
	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

// AuthenticationType is what IBM's core is told about these authenticators. It shows it in its debug log.
const AuthenticationType = "trustedProfile"

// An Authenticator adds the token to the requests of any client that is built on go-sdk-core:
//
//	authenticator, err := sdkcore.New(tokens, "https://us-south.iaas.cloud.ibm.com")
//	vpc, err := vpcv1.NewVpcV1(&vpcv1.VpcV1Options{Authenticator: authenticator, URL: "https://us-south.iaas.cloud.ibm.com/v1"})
//
// IBM's clients take their address from the program, from variables such as VPC_URL or from a credential file in the
// working directory. That is why the origins have to be said here: a file cannot send tokens elsewhere. A request to any
// other origin fails before anything is sent.
//
// Redirects are another matter: IBM's core sends the request, by a client of net/http, and that takes the header along to
// subdomains and to other ports of the host, which are other origins. A program that wants none of that says so to the
// client of each service; a redirect is then an error of IBM's core:
//
//	vpc.Service.GetHTTPClient().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
type Authenticator struct {
	tokens  *trustedprofile.TokenProvider
	origins *trustedprofile.AllowedOrigins
}

var _ core.Authenticator = (*Authenticator)(nil)

// New makes an authenticator. An error is ErrInvalidArgument: it names the origin that cannot be used, or says that
// there is none, or no provider.
func New(tokens *trustedprofile.TokenProvider, allowedOrigins ...string) (*Authenticator, error) {
	origins, err := trustedprofile.NewAllowedOrigins(allowedOrigins...)
	if err != nil {
		return nil, err
	}
	authenticator := &Authenticator{tokens: tokens, origins: origins}
	if len(allowedOrigins) == 0 {
		return nil, refused("allowedOrigins: expected at least one origin, since tokens go nowhere else")
	}
	return authenticator, authenticator.Validate()
}

// AuthenticationType is "trustedProfile".
func (a *Authenticator) AuthenticationType() string { return AuthenticationType }

// Validate says whether there is a provider. What it was made of has been checked by then.
func (a *Authenticator) Validate() error {
	if a.tokens == nil {
		return refused("tokens: expected a provider, got nil")
	}
	return nil
}

func refused(why string) error {
	return fmt.Errorf("sdkcore: %w: %s", trustedprofile.ErrInvalidArgument, why)
}

// Authenticate adds the token to a request. An error is ErrInvalidArgument where the request goes to an origin that is
// not allowed, or says why there is no token. IBM's core passes it on by its words alone.
//
// IBM's core does not tell authenticators of answers, so that a 401 drops no token here. A program that wants that gives
// its client core.NoAuthAuthenticator and, by SetHTTPClient, an http.Client with TokenProvider.RoundTripper.
func (a *Authenticator) Authenticate(request *http.Request) error {
	if err := a.origins.Check(request.URL); err != nil {
		return err
	}
	token, err := a.tokens.Token(request.Context())
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", token.Authorization())
	return nil
}
