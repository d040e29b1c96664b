module drivers

go 1.22
