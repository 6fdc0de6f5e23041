package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hypersim/core"
)

const tracing = `
schema = 1
[scenario]
name = "told"
title = "t"
duration = "100s"
[topology]
sites = [{ name = "a" }]
[cluster]
gates = 1
managers = 1
workers = 2
clients = 1
[[workload]]
id = "w"
kind = "jobs"
from = "10s"
to = "40s"
arrival = { process = "trace", file = "told.csv" }
job = { duration = "1s" }
`

// A file says when jobs arrive, beside the scenario; those after the end of the workload do not.
func TestArrivalsOfAFile(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "told.csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func() (*Scenario, error) { return Parse(tracing, filepath.Join(dir, "told.toml"), nil, Options{}) }
	for _, x := range []struct {
		text string
		want []core.Duration
		in   float64 // of them, in the workload's 30 s
	}{
		{"t_s\n0\n0.5\n0.5\n29.999999999\n30\n", []core.Duration{0, 5e8, 5e8, 29_999_999_999, 30e9}, 4},
		{"\ufefft_s,jobs\n# two at once\n1.25, 2\n\n60,1\n", []core.Duration{125e7, 125e7, 60e9}, 2},
	} {
		write(x.text)
		s, err := load()
		if err != nil {
			t.Fatal(err)
		}
		a := &s.Workloads[0].Jobs.Arrival
		if !slices.Equal(a.At, x.want) || a.Expected(30*time.Second) != x.in {
			t.Errorf("%q: %v, %v in 30 s", x.text, a.At, a.Expected(30*time.Second))
		}
	}
	// Everything that is wrong, at once, with its place.
	write("t_s,jobs\n5,1\n4,1\n6\n-1,0\nx,2.5\n7,2000000\n")
	_, err := load()
	if err == nil {
		t.Fatal("it is taken")
	}
	for _, want := range []string{
		`told.csv:3:1: workload[0].arrival.file = "4": must not be before the line above it, 5s`,
		`told.csv:4:1: workload[0].arrival.file = "6": must have as many fields as the first line, 2`,
		`told.csv:5:1: workload[0].arrival.file = "-1": must be seconds from the start of the workload, from 0 to a year`,
		`told.csv:5:4: workload[0].arrival.file = "0": must be a whole number of jobs, at least 1 and at most 1000000`,
		`told.csv:6:1: workload[0].arrival.file = "x": must be seconds`,
		`told.csv:6:3: workload[0].arrival.file = "2.5": must be a whole number`,
		`told.csv:7:3: workload[0].arrival.file = "2000000": must be a whole number`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in:\n%v", want, err)
		}
	}
	for text, want := range map[string]string{
		"":                                  `the file is empty; the first line must be "t_s" or "t_s,jobs"`,
		"time\n1\n":                         `"time": the first line must be "t_s" or "t_s,jobs"`,
		"t_s\n":                             "there are no jobs after the first line",
		"t_s,jobs\n1,600000\n2,600000\n":    "must not bring the jobs of the file above 1000000",
		"t_s\n\"1\n":                        `extraneous or missing "`,
		"t_s\n" + strings.Repeat("x\n", 50): "and so on: there are more",
	} {
		write(text)
		if _, err := load(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: no %s in:\n%v", text, want, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "told.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := load(); err == nil || !strings.Contains(err.Error(), "workload[0].arrival.file") || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("%v", err)
	}
}

// No text panics; what is accepted ascends, and every problem says where it is.
func FuzzArrivals(f *testing.F) {
	for _, text := range []string{"", "t_s\n1\n2\n", "t_s,jobs\n0.5,3\n# x\n1e3,1\n", "t_s\n\"\n", "t_s,jobs\n1\n-1,0\n", "\ufefft_s\nNaN\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, wrong := readArrivals(strings.NewReader(text))
		if (len(at) == 0) == (len(wrong) == 0) || !slices.IsSorted(at) || len(at) > arrivalsMax {
			t.Fatalf("%d jobs, %d problems", len(at), len(wrong))
		}
		for _, w := range wrong {
			if w.Line < 1 || w.Col < 1 || w.Text == "" {
				t.Fatalf("a problem without a place: %s", fmt.Sprint(w))
			}
		}
	})
}
