package vivaldi

// EngineName is the key engine: which rule moves the local coordinate.
type EngineName string

// The engines.
const (
	EngineSerf       EngineName = "serf"
	EngineBasic      EngineName = "basic"
	EngineHyperscale EngineName = "hyperscale"
)
