// Package iam has the clients of IAM's services, which share an address, an entity tag of each resource, and one core:
// tokens, identities, policies and access groups. The operations and their types are in a package for each.
package iam

import (
	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/iam/accessgroups"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/iam/identity"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/iam/policy"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/iam/token"
)

// A Client calls the operations of IAM. Any number of goroutines use it at once; share one.
type Client struct {
	*trustedprofile.Client
	// Token has those of tokens.
	Token *token.Client
	// Identity has those of API keys, service ids and trusted profiles.
	Identity *identity.Client
	// Policy has those of policies and roles.
	Policy *policy.Client
	// AccessGroups has those of access groups.
	AccessGroups *accessgroups.Client
}

// Options say which endpoint and limits a client has.
type Options = trustedprofile.ClientOptions

// New makes a client whose tokens come from tokens. Nothing is sent. An error is trustedprofile.ErrInvalidArgument, and
// names what cannot be used.
func New(tokens *trustedprofile.TokenProvider, options Options) (*Client, error) {
	client, err := trustedprofile.NewClient(tokens, "iam", options)
	if err != nil {
		return nil, err
	}
	return &Client{
		Client:       client,
		Token:        &token.Client{Client: client},
		Identity:     &identity.Client{Client: client},
		Policy:       &policy.Client{Client: client},
		AccessGroups: &accessgroups.Client{Client: client},
	}, nil
}
