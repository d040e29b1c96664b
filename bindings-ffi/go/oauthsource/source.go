// Package oauthsource gives the tokens of a provider to whatever takes an oauth2.TokenSource. It is a package of its own,
// so that programs that do not import it do not have golang.org/x/oauth2 in them.
package oauthsource

import (
	"context"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"golang.org/x/oauth2"
)

// New makes a source of the tokens of a provider. Each call of its Token is one of the provider's with ctx: the interface
// has no context of its own. Do not put it into oauth2.ReuseTokenSource, nor give it to oauth2.NewClient, which does so: it
// would keep tokens for longer than they serve, and the provider keeps them already. A client of it is
//
//	&http.Client{Transport: &oauth2.Transport{Source: oauthsource.New(ctx, tokens)}}
//
// A client that it is given to sends the token wherever requests and redirects go. TokenProvider.RoundTripper sends it to
// origins that were allowed, and nowhere else.
func New(ctx context.Context, tokens *trustedprofile.TokenProvider) oauth2.TokenSource {
	return source{ctx, tokens}
}

type source struct {
	ctx    context.Context
	tokens *trustedprofile.TokenProvider
}

// Token gives a token that is usable now. Errors are those of TokenProvider.Token.
func (s source) Token() (*oauth2.Token, error) {
	token, err := s.tokens.Token(s.ctx)
	if err != nil {
		return nil, err
	}
	return &oauth2.Token{AccessToken: token.Value(), TokenType: "Bearer", Expiry: token.ExpiresAt()}, nil
}
