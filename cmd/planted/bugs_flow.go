package main

var routing = []bug{
	{"class-does-not-count", "30 §4.5: no datacenter of a worse class before one of a better", "core/routing/order.go",
		"return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Score, b.Score),", "return cmp.Or(cmp.Compare(a.Score, b.Score),"},
	{"switches-in-the-hold-down", "30 §4.8: a choice is kept for the hold-down", "core/routing/hysteresis.go",
		"case now.Sub(st.Since) < k.HoldDown:", "case now.Sub(st.Since) < 0:"},
	{"any-better-will-do", "30 §4.8: a voluntary switch is better by the ratio", "core/routing/hysteresis.go",
		"return best <= float64(k.Improve*present)", "return best < present"},
	{"worse-for-a-moment", "30 §4.8: a choice that became worse is given up after it was so for a while", "core/routing/hysteresis.go",
		"now.Sub(st.Worse) >= k.Confirm:", "now.Sub(st.Worse) >= 0:"},
	{"choice-not-first", "30 §4.8: the choice that is kept stands first", "core/routing/route.go",
		"if int32(c[i].Site) == s.Primary && i > 0 {", "if int32(c[i].Site) == s.Primary && i > 1 {"},
}

var flow = []bug{
	{"busy-for-ever", "02-21: a server that is asked nothing is HEALTHY soon", "core/overload/detector.go",
		"d.windows[c].expire(now, d.k)", "d.windows[c].expire(now.Add(-3600e9), d.k)"},
	{"alarm-below-the-floor", "02-22: a rise counts from delta_floor on", "core/overload/window.go",
		" || mean < milliseconds(k.Floor) {", " || mean < 0 {"},
	{"sheds-too-little", "30 §6: each state sheds its classes", "core/admission/desk.go",
		"int(c) >= core.NumLoads-int(s)", "int(c) > core.NumLoads-int(s)"},
	{"control-is-refused", "30 §14 I-B1: CONTROL is never refused", "core/admission/desk.go",
		"if r.Class == core.ClassControl {\n\t\td.total++", "if r.Class == core.ClassControl && d.total < d.limits[core.ClassControl] {\n\t\td.total++"},
	{"refusal-takes-a-place", "30 §14 I-S3: a refusal changes nothing but its count", "core/admission/desk.go",
		"\t\td.Refused[x.Reason][r.Class]++\n", "\t\td.Refused[x.Reason][r.Class]++\n\t\td.count[r.Class]++\n"},
	{"refused-without-a-word", "30 §5.3: who is refused is told so, and when to come again", "core/front/server.go",
		"\tb := s.reply(m, call.Busy(x.After), fx)\n", "\tif x.Reason == admission.RateLimit {\n\t\treturn\n\t}\n\tb := s.reply(m, call.Busy(x.After), fx)\n"},
	{"bucket-without-a-bottom", "30 §8: a bucket holds no more than its size", "core/admission/rate.go",
		"return min(b.size, b.tokens+float64(now.Sub(b.at).Seconds()*b.rate))", "return b.tokens + float64(now.Sub(b.at).Seconds()*b.rate)"},
	{"come-again-too-soon", "30 §8: who waits as long as it was told is taken in", "core/admission/rate.go",
		"return core.Seconds((n - have) / b.rate), false", "return core.Seconds((n - have) / b.rate / 2), false"},
	{"drops-what-is-critical", "30 §5.2: what is critical is never dropped", "core/statbuf/buffer.go",
		"if (b.level == job.PressureReject || full) && !critical {", "if (b.level == job.PressureReject || full) && (full || !critical) {"},
	{"level-flaps", "02-28: a level is left 0.05 below where it began", "core/statbuf/buffer.go",
		"b.level = min(b.level, b.threshold(fill, b.k.Hysteresis))", "b.level = min(b.level, b.threshold(fill, 0))"},
	{"keeps-for-two-minutes", "30 §5.2: the first tier holds the last minute", "core/statbuf/buffer.go",
		"now.Sub(b.hot.at(0).At) >= b.k.Hot {", "now.Sub(b.hot.at(0).At) >= 2*b.k.Hot {"},
}
