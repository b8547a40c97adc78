"""Events carried by Apache Kafka: the relay ships them from the store, carriers bring them to whoever consumes."""
