// Package typed calls operations for the generated packages: their arguments are structs, and what is answered is read into
// others.
package typed

import (
	"context"
	"fmt"
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
			page, err := pageOf[P](reply, err)
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

func pageOf[P any](reply *trustedprofile.Reply, err error) (*P, error) {
	page := new(P)
	if err == nil && len(reply.Body) > 0 {
		err = reply.Decode(page)
	}
	if err != nil {
		return nil, err
	}
	return page, nil
}

// Other is what has no place in the fields of a page.
type Other = map[string]values.JSON

// Items gives the items of all pages of an operation: of gives those of a page, which property lists. A list that is not
// there, or null, has none; one that could not be read is an error, for who went on would take what is left for all.
func Items[P, I any](ctx context.Context, client *trustedprofile.Client, operation string, params any, property string, of func(*P) ([]I, Other)) iter.Seq2[I, error] {
	return func(yield func(I, error) bool) {
		var none I
		for reply, err := range client.Pages(ctx, operation, params) {
			page, err := pageOf[P](reply, err)
			if err != nil {
				yield(none, err)
				return
			}
			items, other := of(page)
			if odd, isThere := other[property]; isThere && string(odd.Bytes()) != "null" {
				yield(none, unreadable(operation, reply.Status, property))
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

func unreadable(operation string, status int, property string) error {
	return &trustedprofile.Error{
		Code:    trustedprofile.ErrMalformedResponse,
		Kind:    trustedprofile.KindService,
		Message: fmt.Sprintf("%s was answered with a page with %s that is not a list of its items alone; the page has it in Other", operation, property),
		Status:  status,
	}
}
