package batch

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
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
	Digest     string      `json:"digest"`
	Events     uint64      `json:"events"`
	VirtualS   float64     `json:"virtual_s"`
	Stopped    string      `json:"stopped,omitempty"`
	Warnings   []string    `json:"warnings"` // of the run, beside those of its configuration
	Violations []Violation `json:"violations"`
	runner.Build
	DataSHA256 string `json:"observations_sha256"` // of observations.json.zst
	SHA256     string `json:"sha256"`              // of this file with "" here
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
	Samples  []Sample   `json:"samples"` // by selection
	Metrics  []Dist     `json:"metrics"`
	Counts   []Count    `json:"counts"`
	Survival []Survival `json:"survival"`
}

// Sample is what expectations of one selection selected from the run, whatever their bounds.
type Sample struct {
	Selection string   `json:"selection"`
	Err       string   `json:"error,omitempty"` // why nothing could be selected
	Value     number   `json:"value"`           // the statistic; of the statistic all the first observation
	Least     bool     `json:"least,omitempty"` // value is only known not to be smaller
	Note      string   `json:"note,omitempty"`  // about what never came
	Unit      string   `json:"unit"`
	Low       number   `json:"low"` // least and largest observation
	High      number   `json:"high"`
	Count     number   `json:"count"` // observations, by weight
	Exposure  number   `json:"exposure"`
	PerWhat   string   `json:"per,omitempty"` // what exposure is in, for rates: "node-hour" or "s"
	Truncated uint64   `json:"truncated,omitempty"`
	Digits    int      `json:"digits,omitempty"` // values were rounded to so many; 0: exact
	Values    []number `json:"values"`           // ascending, different
	Weights   []number `json:"weights"`          // parallel to values
	Unseen    []number `json:"unseen,omitempty"` // of detections that never came: how long each was waited for, ascending

	id, outcome, why string // of a claim judged by this run as if it stood alone
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
	claims []*Sample // parallel to those of its cell, each judged; none of a run that was stopped
}

// write puts the run into its place below dir: complete or not at all.
func (r *runData) write(dir string) error {
	data, err := compress(compact(r.Data))
	if err != nil {
		return err
	}
	return putRun(dir, r.Address, r.sealed(data), data)
}

// sealed returns run.json with its checksums.
func (r *runData) sealed(data []byte) []byte {
	h := r.Head
	h.DataSHA256, h.SHA256 = hash(string(data)), ""
	h.SHA256 = hash(string(indented(h)))
	return indented(h)
}

// putRun writes the two files of a run.
func putRun(dir, address string, head, data []byte) (err error) {
	place := filepath.Join(dir, runsDir, address)
	work, err := os.MkdirTemp(filepath.Join(dir, runsDir), "."+address+".*.partial")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(work))
		}
	}()
	if err := os.Chmod(work, 0o755); err != nil { // MkdirTemp makes it private
		return err
	}
	if err := writeSynced(filepath.Join(work, dataName), data); err != nil {
		return err
	}
	if err := writeSynced(filepath.Join(work, headName), head); err != nil {
		return err
	}
	err = os.Rename(work, place)
	if err != nil && verify(dir, address) == nil {
		return os.RemoveAll(work) // somebody else did the same run meanwhile, with the same result
	}
	return err
}

// errDamaged is a run whose files are not what was written.
var errDamaged = errors.New("damaged")

func damaged(dir, address string, why any) error {
	return fmt.Errorf("%w: %s: %v", errDamaged, filepath.Join(dir, runsDir, address), why)
}

// load reads the files of a run and compares their checksums. An error is errDamaged, or fs.ErrNotExist where there is no
// such run, or that the disk cannot be read.
func load(dir, address string) (h *Head, head, data []byte, err error) {
	place := filepath.Join(dir, runsDir, address)
	if head, err = input.ReadFile(filepath.Join(place, headName), fileMax); err != nil {
		if _, there := os.Stat(place); errors.Is(err, fs.ErrNotExist) && there == nil {
			err = damaged(dir, address, "it has no "+headName)
		}
		return nil, nil, nil, err
	}
	h = &Head{}
	if err := json.Unmarshal(head, h); err != nil {
		return nil, nil, nil, damaged(dir, address, err)
	}
	bare := *h
	bare.SHA256 = ""
	if h.Address != address || h.Schema != Format || hash(string(indented(bare))) != h.SHA256 || !bytes.Equal(indented(h), head) {
		return nil, nil, nil, damaged(dir, address, headName+" is not what was written")
	}
	data, err = input.ReadFile(filepath.Join(place, dataName), fileMax)
	if err == nil && hash(string(data)) != h.DataSHA256 {
		err = errors.New("it is not what was written")
	}
	if err != nil {
		return nil, nil, nil, damaged(dir, address, fmt.Errorf("%s: %w", dataName, err))
	}
	return h, head, data, nil
}

// verify returns nil if the run is there and whole.
func verify(dir, address string) error {
	_, _, _, err := load(dir, address)
	return err
}

// readRun reads a whole run.
func readRun(dir, address string) (*runData, error) {
	h, _, zipped, err := load(dir, address)
	if err != nil {
		return nil, err
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
		return nil, damaged(dir, address, err)
	}
	return r, nil
}

// sample returns what the run says about the selection, nil if it was not kept.
func (r *runData) sample(selection string) *Sample {
	i, ok := slices.BinarySearchFunc(r.Samples, selection, func(s Sample, name string) int { return cmp.Compare(s.Selection, name) })
	if !ok {
		return nil
	}
	return &r.Samples[i]
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
