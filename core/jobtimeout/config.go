package jobtimeout

import (
	"time"

	"hypersim/core"
)

// Extension are the keys of deadline extensions (spec 20 §6.8, AD-26). The tags are those of swim.Config.
type Extension struct {
	Base         core.Duration `key:"base" range:"(0,86400]" ref:"EXTENSION_BASE" doc:"the first grant is half of this, each further one half of the one before; more gives slow work more time and stuck work too"`
	MinGrant     core.Duration `key:"min_grant" range:"(0,86400]" ref:"EXTENSION_MIN_GRANT" doc:"least grant"`
	Max          int           `key:"max" range:"[1,60]" ref:"EXTENSION_MAX" doc:"grants until the tracker starts anew"`
	EvictDenials int           `key:"evict_denials" range:"[1,255]" ref:"EXTENSION_EVICT_DENIALS" doc:"a worker that is denied so often in a row is evicted"`
	WarningAt    int           `key:"warning_at" range:"[0,60]" ref:"EXTENSION_WARNING_AT" doc:"an answer with so few grants left says so, once"`
	Grace        core.Duration `key:"grace" range:"[0,86400]" ref:"EXTENSION_GRACE" doc:"a worker that has used up its grants is evicted after this"`
	Late         core.Duration `key:"late" range:"[0,86400]" ref:"spec 20 §6.8: 30 s" doc:"a worker past its deadline gets nothing new for this long, then it is evicted"`
}

// DefaultExtension returns the constants of spec 20 §10.
func DefaultExtension() Extension {
	return Extension{
		Base: 30 * time.Second, MinGrant: time.Second, Max: 5, EvictDenials: 3, WarningAt: 1, Grace: 10 * time.Second, Late: 30 * time.Second,
	}
}
