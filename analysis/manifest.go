package analysis

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

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

	Checks Checks
}

// Checks are the keys by which times of jobs are judged: what is ideal depends on them.
type Checks struct {
	Exact         bool          // a timer for each job; else looks at all of them, so far apart:
	Manager, Gate core.Duration // 0: not known
	Grant, Least  core.Duration // the first extension is half of the one, each further one half of the one before, and none below the other; 0: not known

	Levels [3]float64 // fill of a manager's statistics from which it says THROTTLE, BATCH and REJECT; 0: not known
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
	info.Checks = parseChecks(top["config"])
	return info, nil
}

// parseChecks reads the keys of the resolved configuration that Checks holds. What is not there, or is no time, is not known.
func parseChecks(config json.RawMessage) (c Checks) {
	var keys struct {
		Protocol struct {
			JobTimeout map[string]json.RawMessage `json:"job_timeout"`
			Extension  map[string]json.RawMessage `json:"extension"`
			Stats      map[string]json.RawMessage `json:"stats"`
		}
	}
	if json.Unmarshal(config, &keys) != nil {
		return c
	}
	duration := func(raw json.RawMessage) core.Duration {
		d, err := time.ParseDuration(scalar(raw))
		if err != nil || d < 0 {
			return 0
		}
		return d
	}
	t, x := keys.Protocol.JobTimeout, keys.Protocol.Extension
	share := func(key string) float64 {
		v, err := strconv.ParseFloat(scalar(keys.Protocol.Stats[key]), 64)
		if err != nil || !(v > 0 && v <= 1) {
			return 0
		}
		return v
	}
	return Checks{
		Levels: [3]float64{share("throttle_threshold"), share("batch_threshold"), share("reject_threshold")},
		Exact:  scalar(t["mode"]) == "exact", Manager: duration(t["check_interval"]), Gate: duration(t["gate_check_interval"]),
		Grant: duration(x["base"]), Least: duration(x["min_grant"]),
	}
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
