// Package cancel ends jobs, workflows and shards before their time (spec 20 §7, AD-20).
package cancel
