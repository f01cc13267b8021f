"""Running the job: units, executors, the run's folder. Stages never see this package."""
