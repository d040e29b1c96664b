// Command http_client reads an object with a client that adds the token, and takes it nowhere else.
//
//	OBJECT_URL=https://... go run ./examples/http_client
//
// Its tokens are those of the settings TRUSTED_PROFILE_..., or of the kind of compute this is. On a laptop, with the address of
// the simulator's metadata service: TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=...
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

func main() {
	// IBM's settings, or the kind of compute this is.
	tokens, err := trustedprofile.New(trustedprofile.FromEnvironment("trusted-profile"))
	if err != nil {
		log.Fatal(err)
	}
	defer tokens.Close()
	object, err := url.Parse(os.Getenv("OBJECT_URL"))
	if err != nil {
		log.Fatal(err)
	}
	transport, err := tokens.RoundTripper(nil, object.Scheme+"://"+object.Host)
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: transport}
	response, err := client.Get(object.String())
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status, string(body))
}
