package compare

import (
	"math"
	"strconv"
)

// Verdict is what a row says about B.
type Verdict string

// The verdicts. Better, Worse and Differs need both an adjusted p-value of at most 5 % and an estimate
// beyond the tolerance. Equivalent needs the whole interval within the tolerance. What is neither is
// NoDifference: none was shown, which does not mean that there is none; or, with so few runs that chance alone
// makes one of so many rows agree in all of them, TooFew. TooFew is open, and of a row that decides the comparison
// is, too; NotJudged is harmless.
const (
	Better       Verdict = "better"
	Worse        Verdict = "worse"
	Differs      Verdict = "differs" // of a metric without a direction
	NoDifference Verdict = "no difference"
	Equivalent   Verdict = "equivalent"
	Identical    Verdict = "identical"        // the same runs, by digest; of single runs: equal to the last digit of their summaries
	TooFew       Verdict = "cannot be judged" // also of single runs that differ, and of a primary row that too few runs have
	NotJudged    Verdict = "not judged"       // too few of the runs have it, and nobody named it
)

// Result is a whole comparison. Its JSON keys are stable; new ones may be added.
type Result struct {
	A         *Side        `json:"a"`
	B         *Side        `json:"b"`
	Warnings  []string     `json:"warnings"`
	OnlyA     []string     `json:"only_in_a"` // cells without a partner
	OnlyB     []string     `json:"only_in_b"`
	Cells     []CellResult `json:"cells"`
	Primary   []string     `json:"primary"`         // what decides; empty: all rows
	Tests     int          `json:"tests"`           // that p is adjusted for, among the rows that decide
	Secondary int          `json:"tests_secondary"` // the same among the rest
	Level     float64      `json:"level"`           // of intervals; 1 − Level is the chance of any false alarm
	Counts    Counts       `json:"counts"`
	Needs     int          `json:"needs"` // pairs, or runs a side, that judging takes; 0: there are enough
	Exit      int          `json:"exit"`  // of the rows that decide: 1 one is worse, 4 it cannot be said, as too few runs are there
}

// Counts tallies the verdicts.
type Counts struct {
	Better       int `json:"better"`
	Worse        int `json:"worse"`
	Differs      int `json:"differs"`
	NoDifference int `json:"no_difference"`
	Equivalent   int `json:"equivalent"`
	Identical    int `json:"identical"`
	TooFew       int `json:"cannot_be_judged"`
	NotJudged    int `json:"not_judged"`
}

// CellResult is two cells that belong together.
type CellResult struct {
	Cell        string   `json:"cell"` // the values that both share
	A           string   `json:"a"`    // names of the cells
	B           string   `json:"b"`
	ArgsA       []string `json:"args_a"` // that only A's runs have
	ArgsB       []string `json:"args_b"`
	RunsA       int      `json:"runs_a"`
	RunsB       int      `json:"runs_b"`
	Paired      bool     `json:"paired"`    // by seed
	Unpaired    int      `json:"unpaired"`  // runs without a partner, which a paired comparison leaves out
	Identical   int      `json:"identical"` // seeds whose runs have the same digest
	ViolationsA int      `json:"violations_a"`
	ViolationsB int      `json:"violations_b"`
	Needs       int      `json:"needs"` // pairs, or runs a side, that judging takes; 0: there are enough
	Rows        []Row    `json:"rows"`
}

// Row is one metric of a cell. Values are means over runs of the statistic of each run.
type Row struct {
	Metric    string    `json:"metric"`
	Labels    string    `json:"labels"`
	Unit      string    `json:"unit"`
	Stat      string    `json:"stat"`
	Better    Direction `json:"better_is"`
	A         Number    `json:"value_a"`
	B         Number    `json:"value_b"`
	RunsA     int       `json:"runs_a"`
	RunsB     int       `json:"runs_b"`
	EventsA   *uint64   `json:"events_a,omitempty"` // of what is counted, or waited for
	EventsB   *uint64   `json:"events_b,omitempty"`
	CensoredA int       `json:"censored_a"` // events that never came
	CensoredB int       `json:"censored_b"`
	Until     Number    `json:"restricted_to"` // s; times beyond count as this; null: nothing is waited for

	Difference Number  `json:"difference"` // B − A
	Low        Number  `json:"low"`        // of its interval
	High       Number  `json:"high"`
	Relative   Number  `json:"relative"` // B/A − 1; its interval is that of the ratio, above −1
	RelLow     Number  `json:"relative_low"`
	RelHigh    Number  `json:"relative_high"`
	Effect     Number  `json:"effect"`
	EffectIs   string  `json:"effect_is"` // "cohen_dz" of pairs, "cliffs_delta" otherwise
	P          Number  `json:"p"`
	Adjusted   Number  `json:"p_adjusted"` // for all rows of its family (max-T)
	Test       string  `json:"test"`
	Tolerance  Number  `json:"tolerance"`          // in the metric's unit
	Smallest   Number  `json:"smallest_effect"`    // that so many runs show with 80 % probability, in the metric's unit
	Precision  Number  `json:"precision"`          // in the metric's unit
	Needed     int     `json:"runs_for_precision"` // pairs, or runs a side, for an interval of ± precision
	Verdict    Verdict `json:"verdict"`
	Note       string  `json:"note,omitempty"`
	Key        bool    `json:"key"`     // among the rows that the text always shows
	Primary    bool    `json:"primary"` // it decides
	size       int     // pairs, or runs on the smaller side
}

// Number is a float64 whose JSON form is null for NaN and a string for an infinity. Nine digits: more are
// not the same on every CPU.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	if math.IsNaN(v) {
		return []byte("null"), nil
	}
	s := strconv.FormatFloat(v, 'g', 9, 64)
	if math.IsInf(v, 0) {
		s = strconv.Quote(s)
	}
	return []byte(s), nil
}
