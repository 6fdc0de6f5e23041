package story

import (
	"bytes"
	"fmt"
	"strconv"
)

// Tell appends a line for a person: its number, the time in seconds, who, and what.
func (h *Header) Tell(b []byte, l *Line) []byte {
	b = fmt.Appendf(b, "#%d  %s s  ", l.Number, seconds(l.At))
	if l.Node != Nobody {
		b = append(b, h.Name(l.Node)...)
		b = append(b, "  "...)
	}
	switch string(l.Kind) {
	case "sent":
		b = fmt.Appendf(b, "sends %s to %s", l.Message, h.Name(l.Peer))
		if l.Due > 0 {
			b = fmt.Appendf(b, ", on its way for %.4g ms", float64(l.Due-l.At)/1e6)
		}
	case "delivered":
		b = fmt.Appendf(b, "gets %s from %s, sent at %s s", l.Message, h.Name(l.Peer), seconds(l.Sent))
	case "dropped":
		b = fmt.Appendf(b, "%s to %s is lost: %s", l.Message, h.Name(l.Peer), l.Why)
	case "fact", "job_fact":
		b = append(b, l.Fact...)
		if l.About != Nobody {
			b = fmt.Appendf(b, " of %s", h.Name(l.About))
		}
	case "fault_start", "fault_end":
		b = fmt.Appendf(b, "%s %s", l.Kind, h.FaultName(l.Fault))
	default:
		b = append(b, l.Kind...)
	}
	if len(l.Job) > 0 {
		b = fmt.Appendf(b, "  job-%s", l.Job)
	}
	return l.details(b)
}

// told are the keys that stand in the sentence already, or say how the file is laid out.
var told = map[string]bool{
	"t": true, "k": true, "n": true, "p": true, "m": true, "s": true, "j": true, "e": true, "fact": true, "fault": true, "due": true, "why": true, "q": true, "b": true,
}

// detailsMax is how much of what else a line says stands beside the sentence. --json has all of it.
const detailsMax = 160

// details appends what else the line says, as the file has it.
func (l *Line) details(b []byte) []byte {
	begin := len(b)
	for rest := l.Raw[1:]; ; {
		name, value, after, ok := field(rest)
		if !ok {
			return b
		}
		if !told[string(name)] {
			value = bytes.Trim(value, `"`)
			if string(l.Kind) == "job_fact" {
				name, value = said(jobFacts[string(l.Fact)], name, value)
			}
			b = append(append(append(append(b, "  "...), name...), '='), value...)
			if len(b) > begin+detailsMax {
				return append(b[:begin+detailsMax], "…"...)
			}
		}
		if after[0] == '}' {
			return b
		}
		rest = after[1:]
	}
}

// seconds writes ns as seconds with all digits, so that it can be given back.
func seconds(ns int64) string {
	return strconv.FormatInt(ns/1e9, 10) + fmt.Sprintf(".%09d", ns%1e9)
}
