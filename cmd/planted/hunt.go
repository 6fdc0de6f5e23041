package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"hypersim/cmd/internal/explore"
)

// hunt is how bugs are looked for.
type hunt struct {
	root   string // of the module
	dir    string // where everything is built, and left
	runs   int    // of a search, at most
	spend  time.Duration
	shrink int // runs of a shrinking, at most
	jobs   int
	seed   uint64
	again  bool // also what was found in other sources

	sources string // tells these sources from others
	program string // with all bugs in it
}

// found is what became of a bug.
type found struct {
	Bug       string  `json:"bug"`
	Identity  string  `json:"identity"`
	Sources   string  `json:"sources,omitempty"`   // it was found in
	Invariant string  `json:"invariant,omitempty"` // "": nobody noticed
	What      string  `json:"what,omitempty"`
	Runs      int     `json:"runs"` // until it broke, or all there were
	Seconds   float64 `json:"seconds"`
	Lines     int     `json:"lines,omitempty"` // of the shrunk scenario
	Shrinking float64 `json:"shrinking_seconds,omitempty"`
}

// stands reports whether a bug need not be looked for: it was found, and is what it was.
func (h *hunt) stands(f *found, b *bug) bool {
	return f != nil && f.Identity == b.identity() && f.Invariant != "" && (!h.again || f.Sources == h.sources)
}

// sourcesOf tells the sources of a module from others, by all that is built into the program.
func sourcesOf(root string) (string, error) {
	sum := sha256.New()
	for _, dir := range []string{"analysis", "cmd", "core", "scenarios", "sim", "topologies"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "testdata" {
				return cmp.Or(err, fs.SkipDir)
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			text, err := os.ReadFile(path)
			_, _ = fmt.Fprintf(sum, "%s %d\n%s", d.Name(), len(text), text) // a hash takes everything
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:6]), nil
}

// build makes the program that has all bugs.
func (h *hunt) build(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "planted")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	overlay, err := lay(h.root, dir)
	if err != nil {
		return err
	}
	h.program = filepath.Join(h.dir, "hypersim")
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", h.program, "./cmd/hypersim")
	build.Dir = h.root
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}

// run carries out a command of the program with the bug of that number in it, and returns what it said.
func (h *hunt) run(ctx context.Context, number int, args ...string) (said []byte, err error) {
	c := exec.CommandContext(ctx, h.program, args...)
	c.Env = append(os.Environ(), switchEnv+"="+strconv.Itoa(number))
	said, err = c.CombinedOutput()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return said, err
}

// one looks for a bug.
func (h *hunt) one(ctx context.Context, number int, b *bug) (*found, error) {
	dir := filepath.Join(h.dir, b.name)
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	f := &found{Bug: b.name, Identity: b.identity(), Sources: h.sources}
	began := time.Now()
	said, err := h.run(ctx, number, "explore", "--first", "--runs", strconv.Itoa(h.runs), "--for", h.spend.String(),
		"--seed", strconv.FormatUint(h.seed, 10), "--jobs", strconv.Itoa(h.jobs), "--out", dir)
	if ctx.Err() != nil {
		return nil, err
	}
	f.Seconds = time.Since(began).Seconds()
	last, err := lastRun(filepath.Join(dir, explore.LogName))
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", b.name, err, said)
	}
	if last == nil {
		return f, nil
	}
	if f.Runs = last.Index + 1; len(last.Bad) == 0 {
		return f, nil
	}
	f.Invariant, f.What = last.Bad[0].Invariant, last.Bad[0].What
	return f, h.small(ctx, number, dir, f)
}

// small shrinks what was found.
func (h *hunt) small(ctx context.Context, number int, dir string, f *found) error {
	began := time.Now()
	file := filepath.Join(h.dir, f.Bug+".toml")
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	finding := filepath.Join(dir, "findings", strings.ToLower(f.Invariant)+"-1.toml")
	said, err := h.run(ctx, number, "shrink", finding, "--invariant", f.Invariant, "--runs", strconv.Itoa(h.shrink),
		"--jobs", strconv.Itoa(h.jobs), "--out", file)
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", f.Bug, err, said)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			f.Lines++
		}
	}
	f.Shrinking = time.Since(began).Seconds()
	return os.RemoveAll(dir)
}

// lastRun is the last run of a search.
func lastRun(log string) (last *explore.Outcome, err error) {
	text, err := os.ReadFile(log)
	if err != nil {
		return nil, err
	}
	scan := bufio.NewScanner(bytes.NewReader(text))
	scan.Buffer(nil, 1<<24)
	for scan.Scan(); scan.Scan(); { // the first line is the head
		last = &explore.Outcome{}
		if err := json.Unmarshal(scan.Bytes(), last); err != nil {
			return nil, err
		}
	}
	return last, scan.Err()
}
