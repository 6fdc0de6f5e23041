package topologies

import (
	"fmt"
	"strings"
	"time"

	"hypersim/core"
)

// Spec is a topology as written, in a topology file or in the [topology] section of a scenario (spec 40
// §8.3). Durations are strings with a unit. Exactly one of Matrix, Rows and Generate says where the delays
// come from; a single site needs none.
type Spec struct {
	Name   string `toml:"name"`
	Title  string `toml:"title"`
	Source string `toml:"source"`

	Matrix string      `toml:"matrix"`      // bundled name, or path of a file relative to the file that names it
	Rows   [][]float64 `toml:"rows"`        // in site order; 0 off the diagonal is missing
	Form   string      `toml:"form"`        // form of a Matrix file; "" is told from its first line
	Column string      `toml:"column"`      // value column of a long CSV
	From   string      `toml:"from_column"` // column of the senders of a long CSV
	To     string      `toml:"to_column"`   // column of its receivers
	Repeat string      `toml:"repeated"`    // what a pair on several lines is worth
	Unit   string      `toml:"unit"`        // required with Rows and a Matrix file
	Kind   string      `toml:"kind"`        // the same

	Symmetrize string         `toml:"symmetrize"`
	Missing    string         `toml:"missing"`
	IntraRTT   string         `toml:"intra_rtt"`
	PerNode    bool           `toml:"per_node"`
	Snapshots  []SnapshotSpec `toml:"snapshots"`
	Sites      []SiteSpec     `toml:"sites"`
	Links      []LinkSpec     `toml:"links"`
	Generate   *GenerateSpec  `toml:"generate"`
}

// SnapshotSpec names the matrix that holds from At on; unit, kind and fill rules are those of the Spec.
type SnapshotSpec struct {
	At     string `toml:"at"`
	Matrix string `toml:"matrix"`
}

// SiteSpec is one site; see Site.
type SiteSpec struct {
	Name   string `toml:"name"`
	Region string `toml:"region"`
	Group  string `toml:"group"`
}

// LinkSpec replaces the delay between two sites, or "*"; later entries win. Exactly one of RTT and OneWay.
type LinkSpec struct {
	From   string `toml:"from"`
	To     string `toml:"to"`
	Both   *bool  `toml:"both"` // the way back too; default true
	RTT    string `toml:"rtt"`
	OneWay string `toml:"one_way"`
}

// Build turns s into a validated topology. File paths are relative to dir. All problems are returned at
// once, as Problems whose Key is the dotted key within s.
func (s *Spec) Build(dir string) (*Topology, error) {
	c := &collector{}
	opt := s.options(c)
	s.checkSources(c)
	if c.failed() {
		return nil, c.err()
	}
	t, err := s.base(dir, opt)
	if err != nil {
		return nil, err
	}
	t.Name, t.Title, t.Source = or(s.Name, t.Name), or(s.Title, t.Title), or(s.Source, t.Source)
	s.addSnapshots(c, t, dir, opt)
	s.applyLinks(c, t)
	if c.failed() {
		return nil, c.err()
	}
	if err := t.Validate(); err != nil {
		return nil, err
	}
	return t, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (s *Spec) options(c *collector) Options {
	opt := Options{
		Form: Form(s.Form), Unit: Unit(s.Unit), Kind: Kind(s.Kind), Column: s.Column, From: s.From, To: s.To, Repeated: s.Repeat,
		Symmetrize: s.Symmetrize, Missing: s.Missing, PerNode: s.PerNode,
	}
	if s.IntraRTT != "" {
		opt.IntraRTT = duration(c, "intra_rtt", s.IntraRTT)
	}
	// A bundled matrix knows its unit and kind; naming them again is allowed and then compared.
	opt.check(c, s.Rows != nil || s.Unit != "" || s.Kind != "" || s.Matrix != "" && !isBundledMatrix(s.Matrix))
	return opt
}

func (s *Spec) checkSources(c *collector) {
	var have []string
	if s.Matrix != "" {
		have = append(have, "matrix")
	}
	if s.Rows != nil {
		have = append(have, "rows")
	}
	if s.Generate != nil {
		have = append(have, "generate")
	}
	switch {
	case len(have) > 1:
		c.key(have[1], "%s are both given; one of matrix, rows and generate says where the delays come from", strings.Join(have, " and "))
	case len(have) == 0 && (len(s.Sites) != 1 || s.PerNode):
		c.key("matrix", "missing: %d sites need a matrix, rows or generate", len(s.Sites))
	}
	if s.Snapshots != nil && s.Matrix == "" && s.Rows == nil {
		c.key("snapshots", "need a matrix or rows to replace")
	}
}

// duration parses a duration of a key that must be above zero.
func duration(c *collector, key, text string) core.Duration {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		c.key(key, `%q is no duration; write a number with a unit, like "0.5ms"`, text)
	case d <= 0:
		c.key(key, "%q must be > 0s", text)
	default:
		return d
	}
	return 0
}

func (s *Spec) sites() []Site {
	sites := make([]Site, len(s.Sites))
	for i, spec := range s.Sites {
		sites[i] = Site(spec)
	}
	return sites
}

// base builds the topology without snapshots and links.
func (s *Spec) base(dir string, opt Options) (*Topology, error) {
	switch {
	case s.Generate != nil:
		return s.Generate.build(s.sites(), opt.IntraRTT, s.PerNode)
	case s.Rows != nil:
		m, err := s.inline(opt)
		if err != nil {
			return nil, err
		}
		return FromMatrix(m, s.sites(), opt)
	case s.Matrix != "":
		m, err := openMatrix(s.Matrix, dir, opt)
		if err != nil {
			return nil, under("matrix", err)
		}
		return FromMatrix(m, s.sites(), opt)
	}
	single := &Matrix{N: 1, Cells: []core.Duration{Missing}, Kind: RTT}
	return FromMatrix(single, s.sites(), opt)
}

// under puts key in front of an error that has none, or has "matrix" for any.
func under(key string, err error) error {
	if list, ok := err.(Problems); ok { //nolint:errorlint // our own loaders return it bare
		out := append(Problems(nil), list...)
		for i := range out {
			if out[i].Line == 0 && (out[i].Key == "matrix" || out[i].Key == "" && out[i].File == "") {
				out[i].Key = key
			}
		}
		return out
	}
	return Problems{{Key: key, Text: err.Error()}}
}

func (s *Spec) addSnapshots(c *collector, t *Topology, dir string, opt Options) {
	for i, spec := range s.Snapshots {
		key := fmt.Sprintf("snapshots[%d]", i)
		at := duration(c, key+".at", spec.At)
		m, err := openMatrix(spec.Matrix, dir, opt)
		if err != nil {
			c.list = append(c.list, under(key+".matrix", err).(Problems)...) //nolint:errorlint // under returns it bare
			continue
		}
		snap, err := FromMatrix(m, s.sites(), opt)
		if err != nil {
			c.list = append(c.list, under(key+".matrix", err).(Problems)...) //nolint:errorlint // as above
			continue
		}
		if snap.N() != t.N() {
			c.key(key+".matrix", "%d rows, the first matrix has %d", snap.N(), t.N())
			continue
		}
		t.Snapshots = append(t.Snapshots, Snapshot{At: at, Base: snap.Base})
	}
}
