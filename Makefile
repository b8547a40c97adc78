# One line each: the verbs are in manage.py, so a machine without make works too.
.PHONY: up test check demo bench bench-full bench-kafka chaos-order chaos-pg chaos-projectors chaos-kafka cluster fuzz idor migrate status map openapi permissions asvs guide lock web-check screens
up: ; @python3 manage.py up
test: ; @python3 manage.py test
check: ; @python3 manage.py check
demo: ; @python3 manage.py demo
cluster: ; @python3 manage.py cluster --compare --seed 6
bench: ; @python3 manage.py bench
bench-full: ; @python3 manage.py bench --full
bench-kafka: ; @python3 manage.py bench --only kafka
chaos-order: ; @python3 manage.py chaos order
chaos-pg: ; @python3 manage.py chaos pg
chaos-projectors: ; @python3 manage.py chaos projectors
chaos-kafka: ; @python3 manage.py chaos kafka
fuzz: ; @python3 manage.py fuzz
idor: ; @python3 manage.py idor
migrate: ; @python3 manage.py migrate
status: ; @python3 manage.py status
map: ; @python3 manage.py map --write
openapi: ; @python3 manage.py openapi --write
permissions: ; @python3 manage.py permissions --write
asvs: ; @python3 manage.py asvs --write
guide: ; @python3 manage.py guide --write
lock: ; @python3 manage.py lock
web-check: ; @python3 manage.py web-check
screens: ; @python3 manage.py screens --publish
