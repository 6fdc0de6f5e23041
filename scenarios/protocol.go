package scenarios

import corenode "hypersim/core/node"

// Config is the protocol configuration of one node, complete.
type Config struct{ corenode.Config }

// Protocol holds the distinct configurations of a run. Configs[0] is that of [protocol.…] without
// overrides; NodeSpec.Config says which one a node has.
type Protocol struct {
	Configs []Config
	Unsafe  bool   // checks between parameters are warnings
	Profile string // ProfileSpecified or ProfileInherited; keys of their own may differ from it
}

// Default returns the configuration without overrides.
func (p *Protocol) Default() *Config { return &p.Configs[0] }
