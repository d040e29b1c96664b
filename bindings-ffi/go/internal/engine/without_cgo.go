//go:build trusted_profile_cgo && !cgo

package engine

// The tag trusted_profile_cgo wants cgo: build with CGO_ENABLED=1, or without the tag.
var _ = the_tag_trusted_profile_cgo_wants_CGO_ENABLED_1
