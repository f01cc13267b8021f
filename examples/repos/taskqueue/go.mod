module example.org/taskqueue

go 1.22
