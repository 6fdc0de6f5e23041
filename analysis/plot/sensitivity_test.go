package plot

import (
	"bytes"
	"image"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"hypersim/analysis/stats"
)

// A picture of many parameters, or of one of which nothing is known, is a picture, and as high as it has to be.
func TestSensitivity(t *testing.T) {
	nan := math.NaN()
	many := &Sensitivity{Name: "many", Title: "Many", Objectives: []Worth{
		{Label: "a", Unit: "%", Matter: 2, Values: []float64{1, 2, nan}}, {Label: "b", Unit: "B/s", Values: []float64{5, 5, 5}}, {Label: "c", Unit: "%", Values: []float64{nan, nan, nan}},
	}, Early: []bool{false, true, false}}
	for i := range 11 {
		f := Factor{Key: "protocol.room.key_" + strconv.Itoa(i), Default: "1", Winner: "2", X: Axis{Low: 1, High: 2, Log: i%2 == 0}, Base: 1, Best: 2, At: []float64{1, 2, 1.5}, Rank: nan}
		if i == 3 {
			f.X, f.Words, f.Base = Axis{}, []string{"any", "max"}, nan
		}
		for k := range many.Objectives {
			e := Effect{Kind: EffectKind((i + k) % len(effectStyles)), Loss: stats.Interval{Estimate: float64(i), Low: float64(i) - 1, High: float64(i) + 1, N: 5, Level: 0.95}}
			if e.Kind >= Unmoved {
				e.Loss = stats.Interval{Estimate: nan, Low: nan, High: nan}
			}
			f.Effects = append(f.Effects, e)
		}
		many.Factors = append(many.Factors, f)
	}
	one := &Sensitivity{Name: "one", Title: "One", Objectives: []Worth{{Label: "a", Values: []float64{nan}}}, Early: []bool{false}, Factors: []Factor{
		{Key: "k", X: Axis{Low: 0, High: 1}, Base: nan, Best: nan, At: []float64{nan}, Rank: nan, Effects: []Effect{{Kind: Unshown, Loss: stats.Interval{Estimate: nan, Low: nan, High: nan}}}},
	}}
	dir := t.TempDir()
	if *keep != "" {
		dir = *keep
	}
	high := map[string]int{}
	for _, s := range []*Sensitivity{many, one} {
		names, err := s.Draw(dir, false)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, names[0]))
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.DecodeConfig(bytes.NewReader(text))
		if err != nil || img.Width != 1200 {
			t.Errorf("%s: %+v, %v", s.Name, img, err)
		}
		high[s.Name] = img.Height
	}
	if high["many"] < high["one"]+500 {
		t.Errorf("heights %v: eleven rows and nine panels take more", high)
	}
}
