package validate

// Listed is one row before it is measured.
type Listed struct {
	Topic      string   `json:"topic"`
	Experiment string   `json:"experiment"`
	Title      string   `json:"title"`
	Quick      bool     `json:"quick"` // part of the quick suite
	Row        string   `json:"row"`
	What       string   `json:"what"`
	Reference  *float64 `json:"reference"` // null: a model gives it during the run, or there is none
	Source     string   `json:"source"`
	Certainty  string   `json:"certainty"`
}

// List returns the rows of the experiments.
func List(list []*Experiment) []Listed {
	out := []Listed{}
	for _, e := range list {
		for i := range e.Rows {
			r := &e.Rows[i]
			out = append(out, Listed{string(e.Topic), e.ID, e.Title, e.Quick, e.FullID(r), r.What, finite(r.Ref), r.Source, string(r.Certainty)})
		}
	}
	return out
}
