package main

import (
	"errors"
	"io"
	"slices"
	"strings"

	"hypersim/scenarios/form"

	"github.com/spf13/cobra"
)

// errorJSON is what --json prints where there is no result. Keys are stable; new ones may be added.
type errorJSON struct {
	Errors []faultJSON `json:"errors"`
	Exit   int         `json:"exit"`
}

// faultJSON is one thing that is wrong; what is not known is left out.
type faultJSON struct {
	Message string `json:"message"`
	File    string `json:"file,omitempty"` // "--set" for a change given on the command line
	Line    int    `json:"line,omitempty"` // from 1
	Column  int    `json:"column,omitempty"`
	Key     string `json:"key,omitempty"`
	Found   string `json:"found,omitempty"`
	Allowed string `json:"allowed,omitempty"` // what would do, and the nearest name
}

// wantsJSON reports whether the command line asks for JSON, even if it could not be read to its end.
func wantsJSON(cmd *cobra.Command, args []string) bool {
	f := cmd.Flags().Lookup("json")
	return f != nil && (f.Value.String() == "true" || slices.Contains(args, "--json"))
}

// printError prints an error as one object. A status without a message has printed its result.
func printError(w io.Writer, err error, code int) {
	var said status
	if err == nil || errors.As(err, &said) {
		return
	}
	out := errorJSON{Errors: faults(err), Exit: code}
	_ = encode(w, out) // the message is on stderr, too
}

// faults takes an error apart.
func faults(err error) []faultJSON {
	var list interface {
		error
		Unwrap() []error
	}
	if errors.As(err, &list) && list.Error() == err.Error() && list.Error() == lines(list.Unwrap()) {
		var out []faultJSON
		for _, e := range list.Unwrap() {
			out = append(out, faults(e)...)
		}
		return out
	}
	var problems form.Problems
	if errors.As(err, &problems) {
		var out []faultJSON
		for _, p := range problems {
			out = append(out, faultJSON{p.String(), p.File, p.Line, p.Col, p.Key, p.Found, p.Text})
		}
		return out
	}
	return []faultJSON{{Message: strings.TrimSpace(err.Error())}}
}

// lines is how several errors that were joined read.
func lines(list []error) string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.Error()
	}
	return strings.Join(out, "\n")
}
