package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// liveLine is a line on a terminal that is kept up to date; elsewhere each text is a line of its own. Who prints a result clears it before,
// or the result goes on behind it.
type liveLine struct {
	w     io.Writer
	shown int // how many letters stand there
}

// show puts a text in place of the one before it. A terminal that is gone is no reason to stop.
func (l *liveLine) show(text string) {
	if !isTerminal(l.w) {
		_, _ = fmt.Fprintln(l.w, text)
		return
	}
	n := utf8.RuneCountInString(text)
	_, _ = fmt.Fprintf(l.w, "\r%s%s", text, strings.Repeat(" ", max(0, l.shown-n)))
	l.shown = n
}

// clear takes the line away.
func (l *liveLine) clear() {
	if l.shown > 0 {
		_, _ = fmt.Fprintf(l.w, "\r%s\r", strings.Repeat(" ", l.shown))
		l.shown = 0
	}
}
