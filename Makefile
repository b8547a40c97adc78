# One line each: the verbs are in manage.py, so a machine without make works too.
.PHONY: up test check demo bench bench-full chaos-order chaos-pg chaos-projectors fuzz migrate status map openapi lock
up: ; @python3 manage.py up
test: ; @python3 manage.py test
check: ; @python3 manage.py check
demo: ; @python3 manage.py demo
bench: ; @python3 manage.py bench
bench-full: ; @python3 manage.py bench --full
chaos-order: ; @python3 manage.py chaos order
chaos-pg: ; @python3 manage.py chaos pg
chaos-projectors: ; @python3 manage.py chaos projectors
fuzz: ; @python3 manage.py fuzz
migrate: ; @python3 manage.py migrate
status: ; @python3 manage.py status
map: ; @python3 manage.py map --write
openapi: ; @python3 manage.py openapi --write
lock: ; @python3 manage.py lock
