// Command sansio drives the token machine by itself: one caller, one goroutine, and a transport that is a function.
//
//	API_KEY=... IAM_URL=https://iam.cloud.ibm.com go run ./examples/sansio
//
// On a laptop IAM_URL is the address of the simulator's IAM.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

var started = time.Now()

func now() trustedprofile.Now {
	return trustedprofile.Now{Monotonic: time.Since(started), Unix: time.Duration(time.Now().UnixNano())}
}

func main() {
	source := trustedprofile.APIKey(os.Getenv("API_KEY"), trustedprofile.WithEndpoint(os.Getenv("IAM_URL")))
	machine, err := trustedprofile.NewTokenManager(source)
	if err != nil {
		log.Fatal(err)
	}
	defer machine.Close()
	token, err := token(machine)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}

func token(machine *trustedprofile.TokenManager) (*trustedprofile.AccessToken, error) {
	ticket := &trustedprofile.Ticket{}
	for {
		switch action := machine.Poll(ticket, "", now()).(type) {
		case trustedprofile.Ready:
			return action.Token, nil
		case trustedprofile.Failed:
			return nil, action.Err
		case trustedprofile.Wait:
			time.Sleep(action.AtMost)
		case trustedprofile.Send:
			response, failure := send(action.Exchange)
			var err error
			if failure != nil {
				err = machine.Fail(action.Exchange.ID, failure, now())
			} else {
				err = machine.Handle(action.Exchange.ID, *response, now())
			}
			if err != nil {
				return nil, err
			}
		default:
			return nil, errors.New("this source needs nothing else")
		}
	}
}

// Some of what a transport has to do is left out here: proxies, and most kinds of failures.
func send(exchange *trustedprofile.Exchange) (*trustedprofile.Response, *trustedprofile.TransportError) {
	request, err := http.NewRequest(exchange.Method, exchange.URL, strings.NewReader(string(exchange.Body())))
	if err != nil {
		return nil, &trustedprofile.TransportError{Kind: trustedprofile.FailureOther, Err: err}
	}
	for _, header := range exchange.Headers() {
		request.Header.Add(header.Name, header.Value)
	}
	client := &http.Client{Timeout: exchange.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return nil, &trustedprofile.TransportError{Kind: trustedprofile.FailureOther, Err: err}
	}
	defer response.Body.Close()
	// One byte more tells an answer that is too large from one that is just not.
	body, err := io.ReadAll(io.LimitReader(response.Body, exchange.MaxResponseBytes+1))
	if err != nil {
		return nil, &trustedprofile.TransportError{Kind: trustedprofile.FailureInterrupted, Err: err}
	}
	if int64(len(body)) > exchange.MaxResponseBytes {
		return nil, &trustedprofile.TransportError{Kind: trustedprofile.FailureTooLarge}
	}
	answer := &trustedprofile.Response{Status: response.StatusCode, Body: body}
	// Among them are Retry-After and Date, which the machine goes by.
	for name, values := range response.Header {
		for _, value := range values {
			answer.Headers = append(answer.Headers, trustedprofile.Header{Name: name, Value: value})
		}
	}
	return answer, nil
}
