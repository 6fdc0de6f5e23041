package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// keptName holds a line for each bug that was looked for.
const keptName = "found.jsonl"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	h := &hunt{root: ".", jobs: runtime.GOMAXPROCS(0)}
	var only, table string
	var enough time.Duration
	flag.StringVar(&h.dir, "out", "results/planted", "folder: what was found, and the shrunk scenario of each")
	flag.IntVar(&h.runs, "runs", 2000, "runs of a search at most")
	flag.DurationVar(&h.spend, "for", 5*time.Minute, "real time of a search at most")
	flag.IntVar(&h.shrink, "shrink", 2000, "runs of a shrinking at most")
	flag.IntVar(&h.jobs, "jobs", h.jobs, "runs at once")
	flag.Uint64Var(&h.seed, "seed", 1, "draws the searches")
	flag.StringVar(&only, "only", "", "bugs whose names match this expression alone")
	flag.StringVar(&table, "table", "", "write the table into this file, between its marks (docs/planted.md)")
	flag.DurationVar(&enough, "enough", 0, "begin no further search after this time; the same command goes on (0: look for all)")
	flag.BoolVar(&h.again, "again", false, "look anew for what was found in other sources than these")
	flag.Parse()
	if flag.NArg() > 0 { // what stands behind it is not read as a flag
		return fmt.Errorf("%s: unknown argument; all are flags", flag.Arg(0))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	kept, err := h.begin(only)
	if err != nil {
		return err
	}
	err = h.all(ctx, regexp.MustCompile(only), kept, enough)
	if table != "" {
		err = errors.Join(err, writeTable(table, kept))
	}
	return err
}

// begin makes the folder, and reads what was found before.
func (h *hunt) begin(only string) (map[string]*found, error) {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("--only: %w", err)
	}
	if !slices.ContainsFunc(all(), func(b *bug) bool { return pattern.MatchString(b.name) }) {
		return nil, fmt.Errorf("--only %s: there is no bug of that name", only)
	}
	if h.root, err = filepath.Abs(h.root); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(h.dir, 0o777); err != nil {
		return nil, err
	}
	if h.dir, err = filepath.Abs(h.dir); err != nil {
		return nil, err
	}
	if h.sources, err = sourcesOf(h.root); err != nil {
		return nil, err
	}
	return readKept(filepath.Join(h.dir, keptName))
}

// readKept returns what was found of bugs that are still what they were; of two lines about one the later counts.
func readKept(path string) (map[string]*found, error) {
	kept := map[string]*found{}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for scan := bufio.NewScanner(bytes.NewReader(text)); scan.Scan(); {
		f := &found{}
		if json.Unmarshal(scan.Bytes(), f) != nil {
			continue // cut in the middle
		}
		kept[f.Bug] = f
	}
	return kept, nil
}

// all looks for the bugs that were not found yet, and keeps each at once.
func (h *hunt) all(ctx context.Context, only *regexp.Regexp, kept map[string]*found, enough time.Duration) error {
	log, err := os.OpenFile(filepath.Join(h.dir, keptName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	began, missed, before := time.Now(), 0, 0
	defer func() {
		if before > 0 {
			fmt.Printf("%d of them were found in other sources than these: --again looks for them anew\n", before)
		}
	}()
	number := 0
	for _, r := range rooms {
		for i := range r.bugs {
			b := &r.bugs[i]
			number++
			if !only.MatchString(b.name) {
				continue
			}
			if f := kept[b.name]; h.stands(f, b) {
				if f.Sources != h.sources {
					before++
				}
				continue
			}
			if enough > 0 && time.Since(began) > enough {
				return nil
			}
			if h.program == "" {
				if err := h.build(ctx); err != nil {
					return err
				}
			}
			f, err := h.one(ctx, number, b)
			if err != nil {
				return err
			}
			line, err := json.Marshal(f)
			if err != nil {
				return err
			}
			if _, err := log.Write(append(line, '\n')); err != nil {
				return err
			}
			kept[b.name] = f
			tell(r.name, f)
			if f.Invariant == "" {
				missed++
			}
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d bugs were not found", missed)
	}
	return nil
}

func tell(room string, f *found) {
	switch {
	case f.Invariant == "" && f.Runs == 0:
		fmt.Printf("%-20s %-28s NOT LOOKED FOR: %.0f s are too short here for the first runs (--for)\n", room, f.Bug, f.Seconds)
		return
	case f.Invariant == "":
		fmt.Printf("%-20s %-28s NOT FOUND in %d runs, %.0f s\n", room, f.Bug, f.Runs, f.Seconds)
		return
	}
	fmt.Printf("%-20s %-28s %-6s run %d, %.0f s; %d lines after %.0f s: %s\n", room, f.Bug, f.Invariant, f.Runs, f.Seconds, f.Lines, f.Shrinking, f.What)
}
