package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"hypersim/cmd/internal/runner"
)

// console tells a person how far a run is: a bar on a terminal, a line every ten seconds elsewhere.
type console struct {
	w        io.Writer
	quiet    bool
	terminal bool
	bar      *progressbar.ProgressBar
	told     time.Duration
}

const tellEvery = 10 * time.Second

func newConsole(w io.Writer, quiet bool) *console {
	return &console{w: w, quiet: quiet, terminal: isTerminal(w)}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colourMode is what --color says.
type colourMode string

// wanted is the mode of this process. Set once, before a verb begins.
var wanted colourMode = "auto"

var colourModes = []string{"auto", "always", "never"}

func (m *colourMode) String() string { return string(*m) }

// Type names the flag's value in a help text.
func (m *colourMode) Type() string { return "when" }

// Set takes one of the modes.
func (m *colourMode) Set(text string) error {
	if !slices.Contains(colourModes, text) {
		return fmt.Errorf("must be %s", strings.Join(colourModes, ", "))
	}
	*m = colourMode(text)
	return nil
}

// colours reports whether w takes colours and the user wants them: what --color says, or else NO_COLOR (https://no-color.org)
// and the terminal.
func colours(w io.Writer) bool {
	switch wanted {
	case "always":
		return true
	case "never":
		return false
	}
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func (c *console) progress(p runner.Progress) {
	switch {
	case c.quiet:
	case c.terminal:
		c.draw(p)
	case p.Phase == "" && p.Wall-c.told >= tellEvery:
		c.told = p.Wall
		_, _ = fmt.Fprintln(c.w, progressLine(p)) // as in draw
	}
}

// progressLine says where the run is, how fast it goes and when it will be over.
func progressLine(p runner.Progress) string {
	left := time.Duration(0)
	if p.Now > 0 {
		left = time.Duration(float64(p.Wall) * float64(p.End-p.Now) / float64(p.Now))
	}
	return fmt.Sprintf("%.0f s of %.0f s, %s events/s, about %v left",
		p.Now.Seconds(), p.End.Seconds(), si(float64(p.Events)/max(p.Wall.Seconds(), 1e-9)), left.Round(time.Second))
}

func (c *console) draw(p runner.Progress) {
	if c.bar == nil {
		c.bar = progressbar.NewOptions64(int64(p.End/1e6),
			progressbar.OptionSetWriter(c.w), progressbar.OptionSetWidth(24), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false),
			progressbar.OptionEnableColorCodes(colours(c.w)))
	}
	text := progressLine(p)
	if p.Phase != "" {
		text = p.Phase
	}
	c.bar.Describe(text)
	// The bar is never full before close: a full one is gone, and pictures are still being drawn.
	_ = c.bar.Set64(min(int64(p.Now/1e6), int64(p.End/1e6)-1)) // a terminal that is gone is no reason to stop
}

// line prints a line without tearing the bar.
func (c *console) line(format string, args ...any) {
	if c.bar != nil {
		_ = c.bar.Clear()
	}
	_, _ = fmt.Fprintf(c.w, format+"\n", args...) // as in draw
}

func (c *console) close() {
	if c.bar != nil {
		_ = c.bar.Finish()
	}
}

// si prints v with three digits and k, M or G.
func si(v float64) string {
	for _, u := range []struct {
		at   float64
		name string
	}{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if v >= u.at {
			return fmt.Sprintf("%.3g%s", v/u.at, u.name)
		}
	}
	return fmt.Sprintf("%.3g", v)
}
