package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"hypersim/cmd/internal/runner"
)

// Names of what a folder holds, beside plots/.
const (
	TableName       = "table.csv"
	textName        = "table.txt"
	jsonName        = "validate.json"
	performanceName = "performance.json"
)

// Folder is what the suite writes.
var Folder = runner.Kind{Words: "folder of validate", Mark: TableName}

// Draw writes the figures into dir/plots and notes their names in the rows. At most one figure belongs to an
// experiment, and all rows of it name that one.
func (r *Report) Draw(dir string, svg bool) error {
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		if o.Figure == nil {
			continue
		}
		o.Figure.Name = o.ID
		names, err := o.Figure.Draw(filepath.Join(dir, "plots"), svg)
		if err != nil {
			return err
		}
		for k := range o.Results {
			o.Results[k].Figure = "plots/" + names[0]
		}
	}
	return nil
}

// Write writes the tables into dir. All but performance.json is the same for any number of workers.
func (r *Report) Write(dir string, exit int) error {
	var table, object, times bytes.Buffer
	if err := r.CSV(&table); err != nil {
		return err
	}
	if err := r.JSON(&object, "", exit); err != nil {
		return err
	}
	e := json.NewEncoder(&times)
	e.SetIndent("", "  ")
	if err := e.Encode(r.performance()); err != nil {
		return err
	}
	text := r.Text(TextOptions{}) + "\n" + r.Summary() + "\n"
	for _, f := range []struct {
		name string
		data []byte
	}{{textName, []byte(text)}, {jsonName, object.Bytes()}, {performanceName, times.Bytes()}, {TableName, table.Bytes()}} {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.data, 0o666); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	return nil
}

type performanceJSON struct {
	WallS       float64            `json:"wall_s"`
	Experiments []experimentTiming `json:"experiments"`
}

type experimentTiming struct {
	ID    string  `json:"id"`
	WallS float64 `json:"wall_s"` // with waiting for workers
	WorkS float64 `json:"work_s"` // of its runs, added up
}

func (r *Report) performance() performanceJSON {
	out := performanceJSON{WallS: r.Wall.Seconds()}
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		out.Experiments = append(out.Experiments, experimentTiming{o.ID, o.Wall.Seconds(), o.Work.Seconds()})
	}
	return out
}
