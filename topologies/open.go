package topologies

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"hypersim/core"
)

// inline makes a matrix of Rows.
func (s *Spec) inline(opt Options) (*Matrix, error) {
	c := &collector{}
	n := len(s.Rows)
	if n == 0 || n > RowsMax {
		c.key("rows", "%d rows, must be 1 to %d", n, RowsMax)
		return nil, c.err()
	}
	m := newMatrix(n)
	m.Unit, m.Kind = opt.Unit, opt.Kind
	perUnit, _ := opt.Unit.nanoseconds()
	for i, row := range s.Rows {
		if len(row) != n {
			c.key(fmt.Sprintf("rows[%d]", i), "not square: %d values, %d rows", len(row), n)
			continue
		}
		for k, v := range row {
			key := fmt.Sprintf("rows[%d][%d]", i, k)
			switch ns := v * perUnit; {
			case math.IsNaN(v) || math.IsInf(v, 0):
				c.key(key, "%v is not finite", v)
			case v < 0:
				c.key(key, "%v is negative; write 0 for a pair that was not measured", v)
			case ns > float64(DelayMax):
				c.key(key, "%v%s is more than %v; is the unit right?", v, opt.Unit, DelayMax)
			default:
				m.Cells[i*n+k] = core.Duration(math.Round(ns))
			}
		}
	}
	if !s.PerNode && len(s.Sites) != n {
		c.key("rows", "%d rows for %d sites; rows are in site order", n, len(s.Sites))
	}
	return m, c.err()
}

// openMatrix finds a matrix by bundled name or path.
func openMatrix(name, dir string, opt Options) (*Matrix, error) {
	if !isBundledMatrix(name) {
		path := name
		if dir != "" && !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if looksLikeName(name) && !exists(path) {
			return nil, fmt.Errorf("no bundled matrix %q%s; there are %s, or give the path of a file",
				name, didYouMean(name, MatrixNames()), strings.Join(MatrixNames(), ", "))
		}
		return LoadMatrixFile(path, opt)
	}
	m, err := BundledMatrix(name)
	if err != nil {
		return nil, err
	}
	if opt.Unit != "" && opt.Unit != m.Unit || opt.Kind != "" && opt.Kind != m.Kind {
		return nil, fmt.Errorf("the bundled matrix %q holds %s in %s, not %s in %s", name, m.Kind, m.Unit, opt.Kind, opt.Unit)
	}
	return m, nil
}

// OpenMatrix returns the bundled matrix called nameOrPath, or reads the file at that path. For a bundled
// matrix Unit and Kind of opt may be empty; when given they must be its own.
func OpenMatrix(nameOrPath string, opt Options) (*Matrix, error) {
	return openMatrix(nameOrPath, "", opt)
}
