// Package typed calls operations for the generated packages: their arguments are structs, and what is answered is read into
// others.
package typed

import (
	"context"
	"iter"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
)

// Do calls an operation that is answered with JSON. Where the service has nothing to say, such as a 202 or 204 without a
// body, it is the zero value.
func Do[T any](ctx context.Context, client *trustedprofile.Client, operation string, params any) (T, error) {
	var value T
	reply, err := client.Call(ctx, operation, params)
	if err == nil && len(reply.Body) > 0 {
		err = reply.Decode(&value)
	}
	return value, err
}

// Done calls an operation that is answered with nothing.
func Done(ctx context.Context, client *trustedprofile.Client, operation string, params any) error {
	_, err := client.Call(ctx, operation, params)
	return err
}

// Text calls an operation that is answered with text, which may be a secret.
func Text(ctx context.Context, client *trustedprofile.Client, operation string, params any) (values.Secret, error) {
	reply, err := client.Call(ctx, operation, params)
	if err != nil {
		return values.Secret{}, err
	}
	return values.SecretOf(string(reply.Body)), nil
}

// Pages gives the pages of an operation.
func Pages[P any](ctx context.Context, client *trustedprofile.Client, operation string, params any) iter.Seq2[*P, error] {
	return func(yield func(*P, error) bool) {
		for reply, err := range client.Pages(ctx, operation, params) {
			page := new(P)
			if err == nil && len(reply.Body) > 0 {
				err = reply.Decode(page)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}

// Items gives the items of all pages of an operation.
func Items[P, I any](ctx context.Context, client *trustedprofile.Client, operation string, params any, of func(*P) []I) iter.Seq2[I, error] {
	return func(yield func(I, error) bool) {
		for page, err := range Pages[P](ctx, client, operation, params) {
			if err != nil {
				var none I
				yield(none, err)
				return
			}
			for _, item := range of(page) {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}
