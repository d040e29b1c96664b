// Command bare is a program that reads one answer with net/http, and no token library: what both sides stand on.
package main

import (
	"io"
	"net/http"
	"os"
)

func main() {
	response, err := http.Get(os.Args[2] + "/instance_identity/v1/token")
	if err != nil {
		panic(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		panic(err)
	}
}
