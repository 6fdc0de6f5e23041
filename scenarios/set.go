package scenarios

import (
	"reflect"

	"hypersim/scenarios/form"
)

// Values from other flags.
const (
	seedFlag     = "--seed"
	durationFlag = "--duration"
	variantFlag  = "--variant"
)

// wantsText reports whether the schema wants a string at a path, so that a bare word of --set is one.
func wantsText(path string) bool {
	parts := form.SplitPath(path)
	if len(parts) == 0 {
		return false
	}
	if parts[0] == "protocol" && len(parts) == 3 {
		var c Config
		if room, ok := roomsOf(&c)[parts[1]]; ok {
			return form.IsText(form.TypeAt(room.Type(), parts[2:]))
		}
	}
	for _, t := range []reflect.Type{reflect.TypeFor[worldT](), reflect.TypeFor[claimsT](), reflect.TypeFor[alternativesT]()} {
		if form.IsText(form.TypeAt(t, parts)) {
			return true
		}
	}
	return false
}
