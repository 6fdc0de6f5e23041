package topologies

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"hypersim/core"
)

// WriteCSV writes m as wide CSV in milliseconds, the form of the bundled matrices; reading it back as Wide
// with unit "ms" and m's kind gives the same labels and the same cells to the nanosecond. Missing cells are
// empty.
func WriteCSV(w io.Writer, m *Matrix) error {
	out := bufio.NewWriterSize(w, 1<<16)
	buf := []byte(`from\to`)
	for i := range m.N {
		buf = appendField(append(buf, ','), m.Label(i))
	}
	for a := range m.N {
		buf = appendField(append(buf, '\n'), m.Label(a))
		for b := range m.N {
			buf = appendMS(append(buf, ','), m.At(a, b))
		}
		if _, err := out.Write(buf); err != nil {
			return err
		}
		buf = buf[:0]
	}
	if _, err := out.Write(append(buf, '\n')); err != nil {
		return err
	}
	return out.Flush()
}

// appendField appends a label, quoted where CSV or our comment sign needs it.
func appendField(buf []byte, label string) []byte {
	if !strings.ContainsAny(label, ",\"\r\n") && !strings.HasPrefix(label, "#") {
		return append(buf, label...)
	}
	return append(append(append(buf, '"'), strings.ReplaceAll(label, `"`, `""`)...), '"')
}

// appendMS appends d in ms, exactly: nanoseconds are six decimals, and no float is involved.
func appendMS(buf []byte, d core.Duration) []byte {
	if d == Missing {
		return buf
	}
	buf = strconv.AppendInt(buf, int64(d/1e6), 10)
	rest := int64(d % 1e6)
	if rest == 0 {
		return buf
	}
	digits := strconv.FormatInt(rest+1_000_000, 10)[1:]
	return append(append(buf, '.'), strings.TrimRight(digits, "0")...)
}
