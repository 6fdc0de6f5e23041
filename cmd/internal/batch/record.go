package batch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"hypersim/analysis/stats"
	"hypersim/cmd/internal/runner"
	"hypersim/topologies/input"
)

// Files of a run: runs/<address>/.
const (
	runsDir  = "runs"
	headName = "run.json"
	dataName = "observations.json.zst"
)

// Head is run.json: what was run and what became of it. It is the same bytes for the same run and program.
type Head struct {
	Schema     int         `json:"schema"`
	Address    string      `json:"address"`
	Scenario   string      `json:"scenario"`
	Variant    string      `json:"variant,omitempty"`
	Sets       []string    `json:"sets"` // hypersim run SCENARIO --seed … --set … repeats the run
	Seed       uint64      `json:"seed"`
	ConfigHash string      `json:"config_hash"`
	Digest     string      `json:"digest"`
	Events     uint64      `json:"events"`
	VirtualS   float64     `json:"virtual_s"`
	Stopped    string      `json:"stopped,omitempty"`
	Warnings   []string    `json:"warnings"`
	Violations []Violation `json:"violations"`
	runner.Build
}

// Violation is the first breach of one invariant in a run.
type Violation struct {
	Seed      uint64   `json:"seed"`
	Invariant string   `json:"invariant"`
	AtS       float64  `json:"at_s"`
	Nodes     []string `json:"nodes"`
	What      string   `json:"what"`
	Count     uint64   `json:"count"`
}

// Data is observations.json: what cells, intervals and expectations are made from.
type Data struct {
	Claims   []Sample   `json:"expectations"` // in the order of the scenario
	Metrics  []Dist     `json:"metrics"`
	Counts   []Count    `json:"counts"`
	Survival []Survival `json:"survival"`
}

// Sample is what one expectation selected from the run, and the run's own verdict.
type Sample struct {
	ID        string   `json:"id"`
	Outcome   string   `json:"outcome"` // as if the run stood alone
	Why       string   `json:"why,omitempty"`
	Value     number   `json:"value"`           // the statistic
	Least     bool     `json:"least,omitempty"` // value is only known not to be smaller
	Unit      string   `json:"unit"`
	Count     number   `json:"count"` // observations, by weight
	Exposure  number   `json:"exposure"`
	PerWhat   string   `json:"per,omitempty"` // what exposure is in, for rates: "node-hour" or "s"
	Truncated uint64   `json:"truncated,omitempty"`
	Digits    int      `json:"digits,omitempty"` // values were rounded to so many; 0: exact
	Values    []number `json:"values"`           // ascending, different
	Weights   []number `json:"weights"`          // parallel to values
	Unseen    []number `json:"unseen,omitempty"` // of detections that never came: how long each was waited for, ascending
}

// Dist describes one metric under one set of labels, after the warm-up.
type Dist struct {
	Metric string           `json:"metric"`
	Labels string           `json:"labels"`
	Unit   string           `json:"unit"`
	Fine   bool             `json:"fine,omitempty"` // split by roles, links and types, too
	Count  uint64           `json:"count"`
	Mean   number           `json:"mean"`
	SD     number           `json:"sd"`
	Min    number           `json:"min"`
	P50    number           `json:"p50"`
	P90    number           `json:"p90"`
	P99    number           `json:"p99"`
	Max    number           `json:"max"`
	Hist   *stats.Histogram `json:"histogram"`
}

// Count is how often something happened after the warm-up, 0 included.
type Count struct {
	Metric    string `json:"metric"`
	Labels    string `json:"labels"`
	Count     uint64 `json:"count"`
	NodeHours number `json:"node_hours"` // that it could have happened in
}

// Survival is times to an event, of which the end of the run may have cut some off.
type Survival struct {
	Metric   string   `json:"metric"`
	Labels   string   `json:"labels"`
	Times    []number `json:"times"`     // s, to the event
	Censored []number `json:"censored"`  // s, waited for in vain
	Watched  number   `json:"watched_s"` // the longest that one of these events would have been waited for
}

// number is a float64 whose JSON form is the shortest that reads back to the same bits; null is NaN.
type number float64

// MarshalJSON writes NaN as null and infinities as strings.
func (n number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte("null"), nil
	case math.IsInf(v, 0):
		return []byte(strconv.Quote(strconv.FormatFloat(v, 'g', -1, 64))), nil
	default:
		return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
	}
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (n *number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = number(math.NaN())
		return nil
	}
	v, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	*n = number(v)
	return err
}

// runData is a run as it lies on disk.
type runData struct {
	Head
	Data
}

// write puts the run into its place below dir: complete or not at all.
func (r *runData) write(dir string) (err error) {
	place := filepath.Join(dir, runsDir, r.Address)
	work, err := os.MkdirTemp(filepath.Join(dir, runsDir), "."+r.Address+".*.partial")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(work))
		}
	}()
	data, err := compress(compact(r.Data))
	if err != nil {
		return err
	}
	if err := os.Chmod(work, 0o755); err != nil { // MkdirTemp makes it private
		return err
	}
	if err := writeSynced(filepath.Join(work, dataName), data); err != nil {
		return err
	}
	if err := writeSynced(filepath.Join(work, headName), indented(r.Head)); err != nil {
		return err
	}
	err = os.Rename(work, place)
	if _, there := readHead(dir, r.Address); err != nil && there == nil {
		return os.RemoveAll(work) // somebody else did the same run meanwhile, with the same result
	}
	return err
}

// readHead reads run.json of a run.
func readHead(dir, address string) (*Head, error) {
	path := filepath.Join(dir, runsDir, address, headName)
	text, err := input.ReadFile(path, fileMax)
	if err != nil {
		return nil, err
	}
	h := &Head{}
	if err := json.Unmarshal(text, h); err != nil || h.Address != address || h.Schema != Format {
		return nil, damaged(filepath.Dir(path), err)
	}
	return h, nil
}

func damaged(dir string, err error) error {
	return fmt.Errorf("%s is no run of this format (%w); remove it and sweep again", dir, errors.Join(errDamaged, err))
}

var errDamaged = errors.New("damaged")

// readRun reads a whole run.
func readRun(dir, address string) (*runData, error) {
	h, err := readHead(dir, address)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, runsDir, address, dataName)
	zipped, err := input.ReadFile(path, fileMax)
	if err != nil {
		return nil, damaged(filepath.Dir(path), err)
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(fileMax))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	text, err := d.DecodeAll(zipped, nil)
	r := &runData{Head: *h}
	if err == nil {
		err = json.Unmarshal(text, &r.Data)
	}
	if err != nil {
		return nil, damaged(filepath.Dir(path), err)
	}
	return r, nil
}

// compress returns the same bytes for the same text.
func compress(text []byte) ([]byte, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return nil, err
	}
	out := z.EncodeAll(text, nil)
	return out, z.Close()
}

func compact(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("batch: no JSON form: " + err.Error())
	}
	return b
}

// indented returns v as JSON for people and programs. It panics on what has no JSON form: our own types.
func indented(v any) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic("batch: no JSON form: " + err.Error())
	}
	return buf.Bytes()
}

// writeSynced writes a file and puts it on disk.
func writeSynced(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// replace writes a file so that a reader sees the old one or the new one.
func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.partial")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
