package analysis

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"hypersim/core"
)

// Info is what the manifest says about a run, as far as a figure or a table names it. What a manifest does
// not say is empty.
type Info struct {
	Scenario string // name
	Title    string // one line
	Seed     string // decimal
	Digest   string // hexadecimal, possibly with the name of the hash in front
	Duration core.Duration
}

// ParseManifest reads the keys that Info holds and ignores all others, so that manifests of later versions
// can be read. The scenario may be a name or a table with name, title, seed and duration_s.
func ParseManifest(text []byte) (Info, error) {
	top := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &top); err != nil {
		return Info{}, fmt.Errorf("%s: not a JSON object: %w", ManifestFile, err)
	}
	inner := map[string]json.RawMessage{}
	info := Info{}
	if raw, ok := top["scenario"]; ok {
		if json.Unmarshal(raw, &inner) != nil {
			inner = map[string]json.RawMessage{"name": raw}
		}
	}
	find := func(keys ...string) string {
		for _, m := range []map[string]json.RawMessage{top, inner} {
			for _, k := range keys {
				if s := scalar(m[k]); s != "" {
					return s
				}
			}
		}
		return ""
	}
	info.Title, info.Seed, info.Digest = find("title"), find("seed"), find("digest")
	if info.Scenario = scalar(inner["name"]); info.Scenario == "" {
		info.Scenario = find("scenario_name", "name")
	}
	if s := find("duration_s", "virtual_s"); s != "" {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || !(v >= 0) || math.IsInf(v, 0) {
			return info, fmt.Errorf("%s: duration_s is %.40q, must be a number of seconds ≥ 0", ManifestFile, s)
		}
		info.Duration = core.Seconds(v)
	}
	return info, nil
}

// scalar returns a JSON string or number as text, and "" for anything else.
func scalar(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// ShortDigest returns the first twelve digits of the digest, without the name of the hash.
func (i Info) ShortDigest() string {
	d := i.Digest
	if _, hex, ok := strings.Cut(d, ":"); ok {
		d = hex
	}
	return d[:min(len(d), 12)]
}
