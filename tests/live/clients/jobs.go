// Requests by Go's net/http: jobs.go default|http1, one JSON object a line on standard input: url, method, headers as pairs, body.
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

type job struct {
	URL     string      `json:"url"`
	Method  string      `json:"method"`
	Headers [][2]string `json:"headers"`
	Body    *string     `json:"body"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if err := ask(lines.Bytes(), os.Args[1] == "default"); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func ask(line []byte, http2 bool) error {
	var wanted job
	if err := json.Unmarshal(line, &wanted); err != nil {
		return err
	}
	var body io.Reader
	if wanted.Body != nil {
		body = strings.NewReader(*wanted.Body)
	}
	request, err := http.NewRequest(wanted.Method, wanted.URL, body)
	if err != nil {
		return err
	}
	for _, pair := range wanted.Headers {
		request.Header.Set(pair[0], pair[1])
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: http2, DisableKeepAlives: !http2}
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}
