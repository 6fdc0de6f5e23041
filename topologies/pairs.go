package topologies

import (
	"strings"

	"hypersim/core"
)

// pairsKeyword reports whether a line starts with a directive of a p2psim topology file, the form the King
// data set of 1,740 DNS servers was published in. Directives hold no delays and are skipped.
func pairsKeyword(word string) bool {
	switch word {
	case "node", "topology", "failure_model":
		return true
	}
	return false
}

// isPair reports whether a line is "a,b value".
func isPair(fields []string) bool {
	if len(fields) != 2 {
		return false
	}
	a, b, ok := strings.Cut(fields[0], ",")
	return ok && a != "" && b != "" && !strings.Contains(b, ",") && !strings.Contains(fields[1], ",")
}

// pairs reads one pair a line. A pair that stands in one direction only keeps the other one missing, which
// the fill rules then take from it.
func (p *parser) pairs() (*Matrix, error) {
	l := newPairList(p)
	err := p.lines(func(line string, no int) bool {
		fields := strings.Fields(line)
		if pairsKeyword(fields[0]) {
			return true
		}
		from, to, value, ok := p.pairFields(line, fields)
		if !ok {
			p.at(no, 0, `%s: a line must be "a,b value" or "a b value"`, quote(line))
			return true
		}
		return l.add(from, to, p.pairValue(value, line, no), no)
	})
	if err != nil {
		return nil, err
	}
	return l.matrix(), nil
}

func (p *parser) pairValue(value, line string, no int) core.Duration {
	return p.value(value, no, strings.LastIndex(line, value)+1)
}

func (p *parser) pairFields(line string, fields []string) (from, to, value string, ok bool) {
	if p.delimiter != blanks {
		fields = strings.Split(strings.TrimSpace(line), string(p.delimiter))
		for i := range fields {
			fields[i] = strings.Trim(strings.TrimSpace(fields[i]), `"`)
		}
		if len(fields) != 3 {
			return "", "", "", false
		}
		return fields[0], fields[1], fields[2], true
	}
	switch {
	case isPair(fields):
		from, to, _ = strings.Cut(fields[0], ",")
		return from, to, fields[1], true
	case len(fields) == 3:
		return fields[0], fields[1], fields[2], true
	}
	return "", "", "", false
}
