package batch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"hypersim/scenarios"
)

// defaults returns what the scenario has by itself on each of the axes that its configuration knows: the
// value that figures mark. Of variants that is the first.
func defaults(base *scenarios.Scenario, axes []string) []Value {
	out := []Value{}
	d := json.NewDecoder(bytes.NewReader(base.Config))
	d.UseNumber()
	var config map[string]any
	if err := d.Decode(&config); err != nil {
		panic("batch: a configuration that is not JSON: " + err.Error())
	}
	for _, key := range axes {
		if key == variantKey {
			out = append(out, Value{Key: key, Text: base.Variants[0].Name})
			continue
		}
		var v any = config
		for part := range strings.SplitSeq(key, ".") {
			table, ok := v.(map[string]any)
			if !ok {
				v = nil
				break
			}
			v = table[part]
		}
		switch v.(type) {
		case string, json.Number, bool:
			out = append(out, Value{Key: key, Text: fmt.Sprint(v)})
		}
	}
	return out
}
