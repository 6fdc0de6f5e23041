package attic // want `no room attic in the house`
