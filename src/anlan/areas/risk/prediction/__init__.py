"""What happens next (预测分析): runs of the consequence models, from an incident or a what-if, on the map and in the decision."""
