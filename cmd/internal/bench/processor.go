package bench

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/klauspost/cpuid/v2"
)

// processor names what this program runs on, as far as it decides how the time of a world compares with that of the
// reference: brand, model and caches, as a virtual machine shows them. It is "" where no brand can be read (arm64 under Linux):
// then it is not known whose times are whose.
var processor = sync.OnceValue(func() string {
	c := &cpuid.CPU
	if c.BrandName == "" {
		return ""
	}
	parts := []string{runtime.GOARCH, strings.Join(strings.Fields(c.BrandName), " ")}
	if c.Family > 0 {
		parts = append(parts, fmt.Sprintf("family %d model %d stepping %d", c.Family, c.Model, c.Stepping))
	}
	for _, cache := range []struct {
		name  string
		bytes int
	}{{"L2", c.Cache.L2}, {"L3", c.Cache.L3}} {
		if cache.bytes > 0 {
			parts = append(parts, fmt.Sprintf("%s %d KiB", cache.name, cache.bytes>>10))
		}
	}
	return strings.Join(parts, ", ")
})
