package analysis

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"hypersim/topologies/input"
)

// ObservationsFile is what a run of a sweep measured.
const ObservationsFile = "observations.json.zst"

// headFile says what was run, and which observations belong to it.
const headFile = "run.json"

// observationsMax bounds a run's file once unpacked.
const observationsMax = 1 << 30

// Distribution describes what one run observed of a metric under one set of labels, after the warm-up.
type Distribution struct {
	Metric, Labels, Unit string
	Count                uint64
	Mean, P50, P99, Max  float64
}

// Count is how often something happened in one run, 0 included, after the warm-up.
type Count struct {
	Metric, Labels string
	Count          uint64
	NodeHours      float64 // that it could have happened in
}

// Survival is the times to an event in one run, in s, and how long those events were waited for that never
// came.
type Survival struct {
	Metric, Labels  string
	Times, Censored []float64
	Watched         float64 // longest time that one of these events would have been waited for
}

// jsonNumber reads null as NaN and "+Inf" as infinite.
type jsonNumber float64

// UnmarshalJSON reads a number, null, or a quoted infinity.
func (n *jsonNumber) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = jsonNumber(math.NaN())
		return nil
	}
	v, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	*n = jsonNumber(v)
	return err
}

func plain(list []jsonNumber) []float64 {
	out := make([]float64, len(list))
	for i, v := range list {
		out[i] = float64(v)
	}
	return out
}

type observationsJSON struct {
	Metrics []struct {
		Metric, Labels, Unit string
		Fine                 bool
		Count                uint64
		Mean, P50, P99, Max  jsonNumber
	}
	Counts []struct {
		Metric, Labels string
		Count          uint64
		NodeHours      jsonNumber `json:"node_hours"`
	}
	Survival []struct {
		Metric, Labels  string
		Times, Censored []jsonNumber
		WatchedS        jsonNumber `json:"watched_s"`
	}
}

// whole returns the observations as they lie on disk, if they are what the run's head says was written.
func whole(dir string) ([]byte, error) {
	head := filepath.Join(dir, headFile)
	text, err := input.ReadFile(head, recordMax)
	if err != nil {
		return nil, err
	}
	var h struct {
		SHA256 string `json:"observations_sha256"`
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return nil, broken(head, err)
	}
	path := filepath.Join(dir, ObservationsFile)
	zipped, err := input.ReadFile(path, recordMax)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(zipped); hex.EncodeToString(sum[:]) != h.SHA256 {
		return nil, broken(path, errors.New("its checksum is another"))
	}
	return zipped, nil
}

func broken(path string, err error) error {
	return fmt.Errorf("%s is damaged (%w); the same hypersim sweep does the run again", path, err)
}

// read fills r from the folder of a run within a sweep. Rows that are split finely are left out: not every
// run has them, and there are many.
func (r *CellRun) read(dir string) error {
	path := filepath.Join(dir, ObservationsFile)
	zipped, err := whole(dir)
	if err != nil {
		return err
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(observationsMax))
	if err != nil {
		return err
	}
	defer d.Close()
	text, err := d.DecodeAll(zipped, nil)
	var in observationsJSON
	if err == nil {
		err = json.Unmarshal(text, &in)
	}
	if err != nil {
		return broken(path, err)
	}
	for _, m := range in.Metrics {
		if !m.Fine {
			r.Distributions = append(r.Distributions, Distribution{
				m.Metric, m.Labels, m.Unit, m.Count, float64(m.Mean), float64(m.P50), float64(m.P99), float64(m.Max),
			})
		}
	}
	for _, c := range in.Counts {
		r.Counts = append(r.Counts, Count{c.Metric, c.Labels, c.Count, float64(c.NodeHours)})
	}
	for _, s := range in.Survival {
		r.Survival = append(r.Survival, Survival{s.Metric, s.Labels, plain(s.Times), plain(s.Censored), float64(s.WatchedS)})
	}
	return nil
}
