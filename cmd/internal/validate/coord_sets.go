package validate

import (
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"hypersim/core/vivaldi"
	"hypersim/topologies"
)

// Matrix is a latency matrix that a user gives: its rows are nodes.
type Matrix struct {
	Name   string
	Matrix *topologies.Matrix
}

// dataset is a matrix with what the specification says of it.
type dataset struct {
	id, words string
	truth     func() *truth
	perSite   int
	engines   []engine
	quick     bool
	full      float64 // s of one core per seed and engine
	known     *known  // further figures; nil: none
	control   bool    // a negative control: it cannot be embedded
}

// engine is one row of the table of §15.3. want holds median and p90 after 20, 100 and 1000 rounds, then
// coverage and tightness of the bound; 0: not given.
type engine struct {
	name   string
	change func(*vivaldi.Config)
	want   [8]float64
}

// known are the figures of §15.3 about one data set, beyond engines.
type known struct {
	dimensions map[float64]float64
	jitter     map[float64]float64
	cold       []coldCell
	converged  float64 // share when the median first passes 0.20
}

type coldCell struct {
	n     int
	round float64 // first with median error below 20 %; 0: not given
	at20  float64 // median error at round 20
}

func engineIs(name vivaldi.EngineName) func(*vivaldi.Config) {
	return func(c *vivaldi.Config) { c.Engine = name }
}

func basic2D(c *vivaldi.Config) { c.Engine, c.Dimensions = vivaldi.EngineBasic, 2 }

func sets(matrices []Matrix) []dataset {
	out := []dataset{
		{
			id: "aws", words: "AWS 19 × 10", truth: aws, perSite: 10, quick: true, full: 3,
			engines: []engine{
				{"serf", nil, [8]float64{0.27, 4.3, 0.12, 0.60, 0.070, 0.24, 0.994, 1.34}},
				{"hyperscale", engineIs(vivaldi.EngineHyperscale), [8]float64{0.35, 3.4, 0.23, 2.1, 0.194, 1.25, 1.000, 2.47}},
			},
			known: &known{converged: 0.315},
		},
		{
			id: "azure", words: "Azure 48 × 4", truth: bundled("azure", 4), perSite: 4, quick: true, full: 3,
			engines: []engine{
				{"serf", nil, [8]float64{0.27, 3.3, 0.11, 0.54, 0.064, 0.22, 0.989, 1.30}},
				{"hyperscale", engineIs(vivaldi.EngineHyperscale), [8]float64{0.31, 2.5, 0.18, 1.4, 0.200, 1.21, 1.000, 2.50}},
			},
		},
		{id: "gcp", words: "GCP × 8", truth: bundled("gcp-2019-09-rtt-ms-avg", 8), perSite: 8, quick: true, full: 3, engines: []engine{{name: "serf"}}},
	}
	for _, m := range matrices {
		out = append(out, ofUser(m))
	}
	return out
}

// ofUser recognises the data sets that the specification used by their name and size.
func ofUser(m Matrix) dataset {
	base := strings.ToLower(filepath.Base(m.Name))
	id, _, _ := strings.Cut(base, ".")
	d := dataset{
		id: unfit.ReplaceAllString(id, "-"), words: filepath.Base(m.Name), truth: sync.OnceValue(func() *truth { return ofMatrix(m.Matrix, 1, 0) }), perSite: 1, quick: true,
		full: 3 * float64(m.Matrix.N*m.Matrix.N) / (190 * 190), engines: []engine{{name: "serf"}, {name: "basic 2-D", change: basic2D}, {name: "hyperscale", change: engineIs(vivaldi.EngineHyperscale)}},
		known: &known{},
	}
	switch {
	case strings.HasPrefix(base, "planetlab") && m.Matrix.N == 490:
		d.words = "PlanetLab 490"
		d.engines[0].want = [8]float64{0.32, 2.39, 0.11, 0.61, 0.078, 0.37, 0.992, 1.42}
		d.engines[1].want = [8]float64{0.41, 1.83, 0.15, 0.66, 0.095, 0.43}
		d.engines[2].want = [8]float64{0.39, 1.93, 0.19, 1.04, 0.129, 0.68, 0.997, 2.60}
		d.known = &known{
			dimensions: map[float64]float64{2: 0.109, 3: 0.091, 4: 0.084, 8: 0.076, 12: 0.074}, jitter: map[float64]float64{0.1: 0.093, 0.3: 0.164},
			cold: []coldCell{{5, 0, 0.09}, {10, 17.5, 0.16}, {25, 25, 0.21}, {100, 42.5, 0.27}, {490, 55, 0.32}}, converged: 0.515,
		}
	case strings.HasPrefix(base, "seattle") && m.Matrix.N == 99: // no engine can embed it, and none may pretend to
		d.words, d.control = "Seattle 99, negative control", true
		for i := range d.engines {
			d.engines[i].want = [8]float64{0.57, 0, 0.575, 0, 0.61}
		}
		d.engines[0].want[6], d.engines[0].want[7] = 0.98, 4.4
	}
	return d
}

// unfit is what may not stand in ids and names of files.
var unfit = regexp.MustCompile(`[^a-z0-9-]`)
